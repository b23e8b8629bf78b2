import { CsrfField } from '../layout.tsx'
import { isolate } from '../text.tsx'
import { type AgentRow, type AgentsPageProps, agentRoles } from './agents-props.ts'
import { renderSetupPage } from './frame.tsx'

/** /desk/setup/agents: who works for the shop, as a whole document. For owners. */
export function renderAgentsPage(props: AgentsPageProps): string {
  const { t } = props.words
  return renderSetupPage(props, {
    title: t('agents:title'),
    what: t('agents:what'),
    back: { href: '/desk/setup', label: t('desk:setup') },
    children: (
      <>
        {props.done && (
          <p class="banner good" role="status">
            {t(`agents:done.${props.done}`)}
          </p>
        )}
        {props.problem && (
          <p class="banner" role="alert">
            {t(`agents:problem.${props.problem}`)}
          </p>
        )}
        {props.link && <Link link={props.link} props={props} />}
        <ul class="card people-of-shop">
          {props.agents.map((agent) => (
            <Agent agent={agent} props={props} />
          ))}
        </ul>
        <Invite props={props} />
        <RequireSecondFactor props={props} />
      </>
    ),
  })
}

/** What no mail could carry. */
function Link({ link, props }: { link: NonNullable<AgentsPageProps['link']>; props: AgentsPageProps }) {
  const { t, number } = props.words
  const name = props.agents.find(({ id }) => id === link.agentId)?.name ?? ''
  const days = Math.round(link.hours / 24)
  return (
    <section class="card amber" role="status">
      <h2>{t(`agents:link.${link.kind}`, { name: isolate(name) })}</h2>
      <p class="quiet">{t('agents:link.text', { count: days, n: number(days) })}</p>
      <p class="secret" dir="ltr">
        <code>{link.url}</code>
      </p>
    </section>
  )
}

function Agent({ agent, props }: { agent: AgentRow; props: AgentsPageProps }) {
  const { t, number, dateTime } = props.words
  const facts = [
    agent.gone && t('agents:fact.gone'),
    !agent.gone && !agent.hasPassword && t('agents:fact.noPassword'),
    agent.hasSecondFactor && t('agents:fact.secondFactor'),
    agent.seenAt && t('agents:fact.seen', { at: dateTime(agent.seenAt, props.timeZone) }),
    agent.openTickets > 0 &&
      t('agents:fact.tickets', { count: agent.openTickets, n: number(agent.openTickets) }),
  ].filter((fact) => typeof fact === 'string')
  return (
    <li class={agent.gone ? 'gone' : ''} id={`a-${agent.id}`}>
      <details open={props.openId === agent.id}>
        <summary>
          <span>
            <b dir="auto">{agent.name}</b> <bdi class="quiet">{agent.email}</bdi>{' '}
            {agent.self && <span class="tag">{t('agents:you')}</span>}
          </span>
          <span class="tag">{t(`agents:role.${agent.role}`)}</span>
          <span class="small quiet">{facts.join(' · ')}</span>
        </summary>
        {agent.gone ? <Back agent={agent} props={props} /> : <Acts agent={agent} props={props} />}
      </details>
    </li>
  )
}

function Acts({ agent, props }: { agent: AgentRow; props: AgentsPageProps }) {
  const { t } = props.words
  const base = `/desk/setup/agents/${agent.id}`
  const others = props.agents.filter(({ id, gone }) => id !== agent.id && !gone)
  return (
    <div class="acts-of-agent">
      <form method="post" action={base} data-once>
        <CsrfField frame={props} />
        <div class="fields">
          <div class="field">
            <label for={`name-${agent.id}`}>{t('agents:name')}</label>
            <input
              id={`name-${agent.id}`}
              name="name"
              value={agent.name}
              dir="auto"
              required
              maxLength={100}
            />
          </div>
          <RoleField id={`role-${agent.id}`} value={agent.role} props={props} />
        </div>
        <p class="more">
          <button type="submit" class="button" name="act" value="change">
            {t('agents:save')}
          </button>
          {!agent.self && (
            <button type="submit" class="button" name="act" value="invite" formnovalidate>
              {t(
                `agents:${props.noMail ? 'makeLink' : 'sendLink'}.${agent.hasPassword ? 'password' : 'invitation'}`,
              )}
            </button>
          )}
          {agent.hasSecondFactor && !agent.self && (
            <button type="submit" class="button" name="act" value="reset" formnovalidate>
              {t('agents:reset')}
            </button>
          )}
        </p>
      </form>
      <form method="post" action={base} data-once>
        <CsrfField frame={props} />
        <div class="field">
          <label for={`to-${agent.id}`}>{t('agents:to')}</label>
          <select id={`to-${agent.id}`} name="to">
            <option value="">{t('agents:nobody')}</option>
            {others.map(({ id, name }) => (
              <option value={id} dir="auto">
                {name}
              </option>
            ))}
          </select>
        </div>
        <p class="more">
          <button type="submit" class="button danger" name="act" value="deactivate">
            {t('agents:end', { name: isolate(agent.name) })}
          </button>
          <small class="quiet">{t('agents:endHint')}</small>
        </p>
      </form>
    </div>
  )
}

function Back({ agent, props }: { agent: AgentRow; props: AgentsPageProps }) {
  return (
    <form method="post" action={`/desk/setup/agents/${agent.id}`}>
      <CsrfField frame={props} />
      <button type="submit" class="button" name="act" value="activate">
        {props.words.t('agents:back', { name: isolate(agent.name) })}
      </button>
    </form>
  )
}

function RoleField({ id, value, props }: { id: string; value: string; props: AgentsPageProps }) {
  const { t } = props.words
  return (
    <div class="field">
      <label for={id}>{t('agents:roleLabel')}</label>
      <select id={id} name="role">
        {agentRoles.map((role) => (
          <option value={role} selected={role === value}>
            {t(`agents:role.${role}`)}
          </option>
        ))}
      </select>
    </div>
  )
}

function Invite({ props }: { props: AgentsPageProps }) {
  const { invite, words } = props
  const { t } = words
  const wrong = (name: string) => invite.wrong.includes(name)
  const text = (name: 'email' | 'name', mend: string) => (
    <div class="field">
      <label for={`invite-${name}`}>{t(`agents:${name}`)}</label>
      <input
        id={`invite-${name}`}
        name={name}
        value={invite.values[name]}
        dir={name === 'email' ? 'ltr' : 'auto'}
        inputMode={name === 'email' ? 'email' : 'text'}
        autoComplete="off"
        required
        {...(wrong(name) && { 'aria-invalid': true, 'aria-describedby': `invite-${name}-wrong` })}
      />
      {wrong(name) && (
        <small class="bad" role="alert" id={`invite-${name}-wrong`}>
          {mend}
        </small>
      )}
    </div>
  )
  return (
    <section class="card" id="invite">
      <h2>{t('agents:invite.title')}</h2>
      <p class="quiet">{t(props.noMail ? 'agents:invite.noMail' : 'agents:invite.text')}</p>
      {
        <form method="post" action="/desk/setup/agents" data-once>
          <CsrfField frame={props} />
          <div class="fields">
            {text('email', t(invite.taken ? 'agents:wrong.taken' : 'agents:wrong.email'))}
            {text('name', t('agents:wrong.name'))}
            <RoleField id="invite-role" value={invite.values.role} props={props} />
          </div>
          <ul class="small quiet roles">
            {agentRoles.map((role) => (
              <li>
                <b>{t(`agents:role.${role}`)}</b>: {t(`agents:may.${role}`)}
              </li>
            ))}
          </ul>
          <button type="submit" class="button first">
            {t(props.noMail ? 'agents:invite.make' : 'agents:invite.send')}
          </button>
        </form>
      }
    </section>
  )
}

function RequireSecondFactor({ props }: { props: AgentsPageProps }) {
  const { t } = props.words
  return (
    <section class="card">
      <h2>{t('agents:second.title')}</h2>
      <p class="quiet">{t(props.required ? 'agents:second.on' : 'agents:second.off')}</p>
      <form method="post" action="/desk/setup/agents/second-factor" data-once>
        <CsrfField frame={props} />
        <button type="submit" class="button" name="required" value={props.required ? 'no' : 'yes'}>
          {t(props.required ? 'agents:second.allow' : 'agents:second.require')}
        </button>
      </form>
    </section>
  )
}
