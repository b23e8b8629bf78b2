import { CsrfField, renderDocument } from '../layout.tsx'
import { Plain } from '../plain/plain.tsx'
import type { PageFrame } from '../props.ts'
import { isolate } from '../text.tsx'

export interface ConfirmPageProps extends PageFrame {
  shopName: string
  personName: string
  accountName: string
  action: string
}

/** What an invited person sees first: mail scanners open links, but press no buttons. */
export function renderConfirmPage(props: ConfirmPageProps): string {
  const { t } = props.words
  return renderDocument({
    frame: props,
    title: t('portal:confirm.title'),
    page: 'plain-page',
    children: (
      <Plain frame={props} heading={props.shopName}>
        <p>
          {t('portal:confirm.text', {
            name: isolate(props.personName),
            shop: isolate(props.shopName),
            account: isolate(props.accountName),
          })}
        </p>
        <form method="post" action={props.action}>
          <CsrfField frame={props} />
          <button class="send wide" type="submit">
            {t('portal:confirm.yes')}
          </button>
        </form>
        <p class="small quiet">{t('portal:confirm.no')}</p>
      </Plain>
    ),
  })
}
