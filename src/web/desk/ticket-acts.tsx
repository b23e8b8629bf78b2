import type { ComponentChildren } from 'preact'
import { CsrfField } from '../layout.tsx'
import { AgentField, TagField, UntilField } from './act-fields.tsx'
import type { TicketPageProps } from './ticket-props.ts'

/** What can be done with the ticket besides answering, behind one button; each leads back here with a way to take it back. */
export function TicketActs({ props }: { props: TicketPageProps }) {
  const { ticket, words, choices } = props
  const { t } = words
  const others = props.earlier.filter((other) => other.state !== 'spam')
  return (
    <details class="acts" data-acts>
      <summary>{t('list:act.more')}</summary>
      <div class="acts-in">
        <ActForm props={props}>
          <AgentField choices={choices} words={words} current={ticket.assigneeId} />
          <button type="submit" name="act" value="assign">
            {t('list:act.assign')}
          </button>
          <button type="submit" name="act" value="take" data-act="take">
            {t('list:act.take')}
          </button>
        </ActForm>
        <ActForm props={props}>
          <TagField choices={choices} words={words} />
          <button type="submit" name="act" value="tag">
            {t('list:act.tag')}
          </button>
        </ActForm>
        <ActForm props={props}>
          <UntilField words={words} />
          <button type="submit" name="act" value="snooze">
            {t('list:act.snooze')}
          </button>
          {ticket.state === 'snoozed' && (
            <button type="submit" name="act" value="wake">
              {t('list:act.wake')}
            </button>
          )}
        </ActForm>
        {others.length > 0 && (
          <ActForm props={props}>
            <select name="into" aria-label={t('list:act.mergeInto')}>
              {others.map((other) => (
                <option value={other.id}>
                  #{other.number} · {other.subject}
                </option>
              ))}
            </select>
            <button type="submit" name="act" value="merge">
              {t('list:act.merge')}
            </button>
            <p class="small quiet">{t('list:act.mergeHint')}</p>
          </ActForm>
        )}
        <ActForm props={props}>
          <button type="submit" name="act" value={ticket.state === 'spam' ? 'not_spam' : 'spam'}>
            {t(ticket.state === 'spam' ? 'list:act.not_spam' : 'list:act.spam')}
          </button>
        </ActForm>
      </div>
    </details>
  )
}

function ActForm({ props, children }: { props: TicketPageProps; children: ComponentChildren }) {
  return (
    <form method="post" action="/desk/acts">
      <CsrfField frame={props} />
      <input type="hidden" name="ticket" value={props.ticket.id} />
      <input type="hidden" name="from" value={`ticket:${props.ticket.id}`} />
      {children}
    </form>
  )
}

/** The ticket's tags, each with a way to take it off. */
export function TicketTags({ props }: { props: TicketPageProps }) {
  const { t } = props.words
  if (props.ticket.tags.length === 0) return null
  return (
    <form class="tags" method="post" action="/desk/acts">
      <CsrfField frame={props} />
      <input type="hidden" name="act" value="untag" />
      <input type="hidden" name="ticket" value={props.ticket.id} />
      <input type="hidden" name="from" value={`ticket:${props.ticket.id}`} />
      {props.ticket.tags.map((tag) => (
        <span class="tag">
          <bdi>{tag}</bdi>
          <button type="submit" name="tags" value={tag} aria-label={t('list:act.untag', { tag })}>
            ×
          </button>
        </span>
      ))}
    </form>
  )
}
