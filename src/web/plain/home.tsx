import { renderDocument } from '../layout.tsx'
import type { PageFrame } from '../props.ts'
import { isolate } from '../text.tsx'
import { Plain } from './plain.tsx'

export interface HomePageProps extends PageFrame {
  /** Name of the agent who is signed in. */
  agentName?: string
}

/** "/": says what this is and leads to the desk. */
export function renderHomePage(props: HomePageProps): string {
  const { t } = props.words
  return renderDocument({
    frame: props,
    title: t('login:home.title'),
    page: 'plain-page',
    children: (
      <Plain frame={props} heading={t('login:home.title')}>
        <p class="quiet">{t('login:home.text')}</p>
        <a class="send wide" href={props.agentName ? '/desk' : '/login'}>
          {props.agentName
            ? t('login:home.toDeskAs', { name: isolate(props.agentName) })
            : t('login:home.signIn')}
        </a>
        <p class="small quiet">{t('login:home.customer')}</p>
      </Plain>
    ),
  })
}
