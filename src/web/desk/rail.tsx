import { CsrfField, Mark } from '../layout.tsx'
import { initials } from '../text.tsx'
import { type DeskFrame, type View, views } from './props.ts'

interface RailProps {
  frame: DeskFrame
  view?: View | undefined
  /** The page itself, where it is none of the views. */
  page?: 'notifications' | 'replies' | 'mail' | 'reports' | 'audit' | 'packages' | 'import' | 'setup' | 'me'
}

/** Views with their counts, the reports, the setup, the shop, who is signed in. */
export function Rail({ frame, view, page }: RailProps) {
  const { t, number } = frame.words
  return (
    <nav class="rail" aria-label={t('list:views.label')}>
      <a href="/desk" class="home">
        <Mark name={t('common:product')} />
      </a>
      <div class="views">
        {views.map((name) => {
          const count = frame.counts[name]
          const { mostCounted } = frame
          const shown = count !== undefined && count < mostCounted ? number(count) : `${number(mostCounted)}+`
          return (
            <a href={`/desk?view=${name}`} {...(name === view ? { 'aria-current': 'page' as const } : {})}>
              <span>{t(`list:views.${name}`)}</span>
              {count !== undefined && count > 0 && <b class="num">{shown}</b>}
            </a>
          )
        })}
        <a
          href="/desk/replies"
          class="office"
          {...(page === 'replies' ? { 'aria-current': 'page' as const } : {})}
        >
          <span>{t('talk:saved.nav')}</span>
        </a>
        <a href="/desk/mail" class="office" {...(page === 'mail' ? { 'aria-current': 'page' as const } : {})}>
          <span>{t('mailbox:nav')}</span>
        </a>
        {frame.seesReports && (
          <a
            href="/desk/reports"
            class="office"
            {...(page === 'reports' ? { 'aria-current': 'page' as const } : {})}
          >
            <span>{t('reports:title')}</span>
          </a>
        )}
        {frame.seesReports && (
          <a
            class="office"
            href="/desk/audit"
            {...(page === 'audit' ? { 'aria-current': 'page' as const } : {})}
          >
            <span>{t('audit:nav')}</span>
          </a>
        )}
        {frame.setsUp && (
          <a
            class="office"
            href="/desk/packages"
            {...(page === 'packages' ? { 'aria-current': 'page' as const } : {})}
          >
            <span>{t('packages:nav')}</span>
          </a>
        )}
        {frame.setsUp && (
          <a
            class="office"
            href="/desk/import"
            {...(page === 'import' ? { 'aria-current': 'page' as const } : {})}
          >
            <span>{t('import:nav')}</span>
          </a>
        )}
        {frame.setsUp && (
          <a
            class="office"
            href="/desk/setup"
            {...(page === 'setup' ? { 'aria-current': 'page' as const } : {})}
          >
            <span>{t('desk:setup')}</span>
          </a>
        )}
        <a
          href="/desk/me/notifications"
          class="office"
          {...(page === 'notifications' ? { 'aria-current': 'page' as const } : {})}
        >
          <span>{t('notifications:nav')}</span>
        </a>
      </div>
      <p class="group">{t('desk:shop')}</p>
      <p class="shop" dir="auto">
        {frame.shopName}
      </p>
      <form class="who small" method="post" action="/logout">
        <CsrfField frame={frame} />
        <a class="me quiet" href="/desk/me" {...(page === 'me' ? { 'aria-current': 'page' as const } : {})}>
          <span class="face a" aria-hidden="true">
            {initials(frame.agentName)}
          </span>
          <bdi>{frame.agentName}</bdi>
        </a>
        <button type="submit" class="plain">
          {t('desk:signOut')}
        </button>
      </form>
    </nav>
  )
}
