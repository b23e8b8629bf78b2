import type { PageFrame } from '../props.ts'
import { isolate } from '../text.tsx'
import { day } from '../time.ts'
import { ChangeForm, ConfirmForm, PersonFields, PostForm } from './forms.tsx'
import type { PeopleProps, PersonProps } from './props.ts'
import { Tallies } from './tallies.tsx'

interface Shown {
  frame: PageFrame
  given: PeopleProps
}

/** The people of an account, what each used, and the forms that change them. Works without script. */
export function PeopleSheet({ frame, given }: Shown) {
  const { t } = frame.words
  const here = given.people.filter((person) => person.state !== 'removed')
  const removed = given.people.filter((person) => person.state === 'removed')
  return (
    <>
      <p class="small">
        <a class="link" href={given.backHref}>
          {t('people:back')}
        </a>
      </p>
      <div>
        <h1>{t('people:title')}</h1>
        <p class="quiet">{t('people:of', { account: isolate(given.accountName) })}</p>
      </div>
      {given.done && (
        <p class="banner good" role="status">
          {t(`people:done.${given.done}`)}
        </p>
      )}
      {given.doing && (
        <section class="card doing" id="doing">
          {given.doing.act === 'change' ? (
            <ChangeForm frame={frame} given={given} doing={given.doing} />
          ) : (
            <ConfirmForm frame={frame} given={given} doing={given.doing} act={given.doing.act} />
          )}
        </section>
      )}
      <Period frame={frame} given={given} />
      <section class="card">
        <h2>{t('people:here')}</h2>
        <ul class="persons">
          {here.map((person) => (
            <Person frame={frame} given={given} person={person} />
          ))}
        </ul>
        {here.length === 1 && <p class="quiet">{t('people:alone')}</p>}
      </section>
      {!given.doing && (
        <section class="card" id="add">
          <h2>{t('people:add.title')}</h2>
          <p class="quiet">{t('people:add.how')}</p>
          <PostForm frame={frame} given={given} act="add">
            <PersonFields frame={frame} form={given.adding} name="add" />
            <button class="send" type="submit" data-busy={t('people:sending')}>
              {t('people:add.submit')}
            </button>
          </PostForm>
        </section>
      )}
      <section class="card">
        <h2>{t('people:whole')}</h2>
        <ul class="persons">
          {removed.map((person) => (
            <Person frame={frame} given={given} person={person} />
          ))}
          <li>
            <p>
              <b>{t('people:nobody')}</b>
            </p>
            <Tallies tallies={given.nobody} words={frame.words} />
          </li>
          <li>
            <p>
              <b>{t('people:total')}</b>
            </p>
            <Tallies tallies={given.total} words={frame.words} />
          </li>
        </ul>
      </section>
    </>
  )
}

function Period({ frame, given }: Shown) {
  const { t } = frame.words
  return (
    <form class="period" method="get" action={given.path}>
      {given.badPeriod && (
        <p class="banner" role="alert">
          {t('statement:badPeriod')}
        </p>
      )}
      {Object.entries(given.carried).map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
      <p class="quiet small num">
        {t('statement:days', {
          from: day(frame.words, given.start, frame.timeZone),
          to: day(frame.words, given.end, frame.timeZone),
        })}
      </p>
      <label>
        <span class="small quiet">{t('statement:from')}</span>
        <input type="date" name="from" value={given.from} required />
      </label>
      <label>
        <span class="small quiet">{t('statement:to')}</span>
        <input type="date" name="to" value={given.to} required />
      </label>
      <button class="button" type="submit">
        {t('statement:show')}
      </button>
    </form>
  )
}

function Person({ frame, given, person }: Shown & { person: PersonProps }) {
  const { t } = frame.words
  return (
    <li>
      <p>
        <b dir="auto">{person.name || t('desk:noName')}</b>
        {person.me && <span class="quiet"> · {t('people:you')}</span>}
        {person.owner && <span class="tag">{t('people:isOwner')}</span>}
        {person.state === 'invited' && <span class="tag">{t('people:isInvited')}</span>}
        {person.state === 'removed' && <span class="tag">{t('people:isRemoved')}</span>}
        {!person.owner && person.maySeeStatement && person.state !== 'removed' && (
          <span class="tag">{t('people:seesStatement')}</span>
        )}
      </p>
      <p class="small quiet reach">
        {person.email && <bdi>{person.email}</bdi>}
        {person.phone && (
          <bdi class="num" dir="ltr">
            {person.phone}
          </bdi>
        )}
      </p>
      <Tallies tallies={person} words={frame.words} />
      {person.state !== 'removed' && <Acts frame={frame} given={given} person={person} />}
    </li>
  )
}

function Acts({ frame, given, person }: Shown & { person: PersonProps }) {
  const { t } = frame.words
  const acts = [
    ...(person.owner && person.buyer ? [] : (['change'] as const)),
    // Who reads would void the very link that the page was opened with.
    ...(person.buyer || person.email === undefined || person.me ? [] : (['invite'] as const)),
    ...(person.owner ? [] : (['owner', 'remove'] as const)),
  ]
  if (acts.length === 0) return null
  return (
    <p class="small acts">
      {acts.map((act) => (
        <a class="link" href={actHref(given, act, person.id)}>
          {t(`people:act.${act}`)} <span class="vh">{person.name}</span>
        </a>
      ))}
    </p>
  )
}

function actHref({ path, carried }: PeopleProps, act: string, id: string): string {
  return `${path}?${new URLSearchParams({ ...carried, [act]: id })}#doing`
}
