import { CsrfField, Mark, renderDocument } from '../layout.tsx'
import { isolate } from '../text.tsx'
import { ago, clock } from '../time.ts'
import type { SandboxPhoneProps } from './props.ts'
import { SandboxTabs } from './tabs.tsx'

type Phone = NonNullable<SandboxPhoneProps['phone']>

/** /sandbox/phone?number=: the customer's phone, with what came in and a field to answer. */
export function renderSandboxPhone(props: SandboxPhoneProps): string {
  const { t } = props.words
  return renderDocument({
    frame: props,
    title: t('sandbox:phone.title'),
    page: 'sandbox-page',
    scripts: ['forms'],
    children: (
      <main class="sandbox" id="main">
        <SandboxTabs frame={props} current="phone" />
        <h1>{t('sandbox:phone.title')}</h1>
        <p class="quiet">{t('sandbox:phone.intro')}</p>
        {props.phone ? (
          <div class="phones">
            <Numbers props={props} current={props.phone.number} />
            <Handset props={props} phone={props.phone} />
          </div>
        ) : (
          <div class="empty">
            <Mark name="" />
            <h2>{t('sandbox:phone.emptyTitle')}</h2>
            <p>{t('sandbox:phone.emptyText')}</p>
          </div>
        )}
      </main>
    ),
  })
}

function Numbers({ props, current }: { props: SandboxPhoneProps; current: string }) {
  return (
    <ul class="rows card flush">
      {props.numbers.map((phone) => (
        <li>
          <a
            class="row"
            href={`/sandbox/phone?number=${encodeURIComponent(phone.number)}`}
            {...(phone.number === current ? { 'aria-current': 'page' as const } : {})}
          >
            <span class="from num">
              <bdi dir="ltr">{phone.number}</bdi>
            </span>
            <time class="when num" dateTime={phone.at.toISOString()}>
              {ago(props.words, phone.at, props.now, props.timeZone)}
            </time>
            <span class="pre" dir="auto">
              {phone.preview}
            </span>
          </a>
        </li>
      ))}
    </ul>
  )
}

function Handset({ props, phone }: { props: SandboxPhoneProps; phone: Phone }) {
  const { words } = props
  const { t } = words
  return (
    <section class="card handset" aria-label={t('sandbox:phone.of', { number: phone.number })}>
      <h2 class="num">
        <bdi dir="ltr">{phone.number}</bdi>
      </h2>
      <ol class="bubbles">
        {phone.texts.map((text) => (
          <li class={text.direction}>
            <p dir="auto">{text.body}</p>
            <time class="small quiet num" dateTime={text.at.toISOString()}>
              {clock(words, text.at, props.now, props.timeZone)}
            </time>
          </li>
        ))}
      </ol>
      <form class="reply" method="post" action="/sandbox/phone" data-once>
        <CsrfField frame={props} />
        <input type="hidden" name="number" value={phone.number} />
        {phone.answered && (
          <p class="banner good" role="status">
            {t('sandbox:answered')}
          </p>
        )}
        {phone.error && (
          <p class="banner" role="alert">
            {t(`sandbox:error.${phone.error}`)}
          </p>
        )}
        <textarea
          name="body"
          rows={2}
          required
          dir="auto"
          aria-label={t('sandbox:answerAs', { who: isolate(phone.number) })}
          placeholder={t('sandbox:phone.placeholder')}
        />
        <div class="reply-foot">
          <button class="send" type="submit" data-busy={t('portal:sending')}>
            {t('sandbox:answer')}
          </button>
        </div>
      </form>
    </section>
  )
}
