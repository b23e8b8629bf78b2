import { renderDocument } from '../layout.tsx'
import type { PageFrame } from '../props.ts'
import { Plain } from './plain.tsx'

export interface ErrorPageProps extends PageFrame {
  status: number
  /** The request's id, which a person can quote and an operator can find in the log. */
  reference?: string
  /** Where the way out leads; "/desk" for agents, the portal for customers. */
  homeHref: string
}

const known = [400, 401, 403, 404, 409, 413, 429, 503] as const

/** Says what happened and the mend; never a stack or a code alone. */
export function renderErrorPage(props: ErrorPageProps): string {
  const { t } = props.words
  const name = known.find((status) => status === props.status) ?? (props.status >= 500 ? 500 : 400)
  return renderDocument({
    frame: props,
    title: t(`errors-pages:${name}.title`),
    page: 'plain-page',
    children: (
      <Plain frame={props} heading={t(`errors-pages:${name}.title`)}>
        <p class="quiet">{t(`errors-pages:${name}.text`)}</p>
        <a class="button first wide" href={props.homeHref}>
          {t('errors-pages:home')}
        </a>
        {props.reference && (
          <p class="small quiet num">
            {t('errors-pages:reference')} <bdi>{props.reference}</bdi>
          </p>
        )}
      </Plain>
    ),
  })
}
