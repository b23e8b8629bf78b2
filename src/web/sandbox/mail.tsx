import { CsrfField, Mark, renderDocument } from '../layout.tsx'
import { isolate, Prose } from '../text.tsx'
import { ago, clock } from '../time.ts'
import type { SandboxMailListProps, SandboxMailProps } from './props.ts'
import { SandboxTabs } from './tabs.tsx'

/** /sandbox/mail: every mail that a customer would have received, newest first. */
export function renderSandboxMailList(props: SandboxMailListProps): string {
  const { words } = props
  const { t } = words
  return renderDocument({
    frame: props,
    title: t('sandbox:mail.title'),
    page: 'sandbox-page',
    children: (
      <main class="sandbox" id="main">
        <SandboxTabs frame={props} current="mail" />
        <h1>{t('sandbox:mail.title')}</h1>
        <p class="quiet">
          {props.to ? t('sandbox:mail.only', { to: isolate(props.to) }) : t('sandbox:mail.intro')}
          {props.to && (
            <>
              {' '}
              <a class="link" href="/sandbox/mail">
                {t('sandbox:mail.all')}
              </a>
            </>
          )}
        </p>
        {props.mails.length === 0 ? (
          <div class="empty">
            <Mark name="" />
            <h2>{t('sandbox:mail.emptyTitle')}</h2>
            <p>{t('sandbox:mail.emptyText')}</p>
          </div>
        ) : (
          <ul class="rows card flush">
            {props.mails.map((mail) => (
              <li>
                <a class="row" href={`/sandbox/mail/${encodeURIComponent(mail.id)}`}>
                  <span class="from" dir="auto">
                    {mail.subject || t('sandbox:mail.noSubject')}
                  </span>
                  <time class="when num" dateTime={mail.at.toISOString()}>
                    {ago(words, mail.at, props.now, props.timeZone)}
                  </time>
                  <span class="sub quiet">{t('sandbox:mail.toWhom', { to: isolate(mail.to) })}</span>
                  <span class="pre" dir="auto">
                    {mail.preview}
                  </span>
                </a>
              </li>
            ))}
          </ul>
        )}
      </main>
    ),
  })
}

/** /sandbox/mail/:id: one mail as the customer sees it, and an answer in the customer's name. */
export function renderSandboxMail(props: SandboxMailProps): string {
  const { words, mail } = props
  const { t } = words
  const base = `/sandbox/mail/${encodeURIComponent(mail.id)}`
  return renderDocument({
    frame: props,
    title: mail.subject || t('sandbox:mail.noSubject'),
    page: 'sandbox-page',
    scripts: ['forms'],
    children: (
      <main class="sandbox" id="main">
        <SandboxTabs frame={props} current="mail" />
        <article class="card letter">
          <header>
            <h1 dir="auto">{mail.subject || t('sandbox:mail.noSubject')}</h1>
            <dl>
              <div>
                <dt>{t('sandbox:mail.from')}</dt>
                <dd>
                  <bdi>{mail.from}</bdi>
                </dd>
              </div>
              <div>
                <dt>{t('sandbox:mail.to')}</dt>
                <dd>
                  <a class="link" href={`/sandbox/mail?to=${encodeURIComponent(mail.to)}`}>
                    <bdi>{mail.to}</bdi>
                  </a>
                </dd>
              </div>
              <div>
                <dt>{t('sandbox:mail.at')}</dt>
                <dd class="num">{clock(words, mail.at, props.now, props.timeZone)}</dd>
              </div>
            </dl>
          </header>
          {mail.hasHtml ? (
            <>
              <iframe
                sandbox="allow-popups allow-popups-to-escape-sandbox"
                src={`${base}/body`}
                title={t('sandbox:mail.frame')}
              />
              <details class="quoted">
                <summary>{t('sandbox:mail.asText')}</summary>
                <div class="text">
                  <Prose text={mail.text} quotedLabel={t('desk:quoted')} />
                </div>
              </details>
            </>
          ) : (
            <div class="text">
              <Prose text={mail.text} quotedLabel={t('desk:quoted')} />
            </div>
          )}
          {mail.headers.length > 0 && (
            <details class="quoted">
              <summary>{t('sandbox:mail.headers')}</summary>
              <pre>{mail.headers.map(([name, value]) => `${name}: ${value}`).join('\n')}</pre>
            </details>
          )}
        </article>
        <form class="card reply" method="post" action={`${base}/reply`} data-once>
          <CsrfField frame={props} />
          <h2>{t('sandbox:answerAs', { who: isolate(mail.to) })}</h2>
          {props.answered && (
            <p class="banner good" role="status">
              {t('sandbox:answered')}
            </p>
          )}
          {props.error && (
            <p class="banner" role="alert">
              {t(`sandbox:error.${props.error}`)}
            </p>
          )}
          <textarea name="body" rows={4} required dir="auto" aria-label={t('sandbox:answerLabel')} />
          <div class="reply-foot">
            <span class="small quiet">{t('sandbox:mail.path')}</span>
            <button class="send" type="submit" data-busy={t('portal:sending')}>
              {t('sandbox:answer')}
            </button>
          </div>
        </form>
      </main>
    ),
  })
}
