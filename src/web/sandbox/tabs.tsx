import type { PageFrame } from '../props.ts'

export function SandboxTabs({ frame, current }: { frame: PageFrame; current: 'mail' | 'phone' }) {
  const { t } = frame.words
  return (
    <nav class="switch" aria-label={t('sandbox:banner.label')}>
      {(['mail', 'phone'] as const).map((name) => (
        <a href={`/sandbox/${name}`} {...(name === current ? { 'aria-current': 'page' as const } : {})}>
          {t(`sandbox:banner.${name}`)}
        </a>
      ))}
      <a class="away" href="/desk">
        {t('sandbox:toDesk')}
      </a>
    </nav>
  )
}
