import type { Words } from '../../words/words.ts'
import type { BalanceProps, GrantProps } from '../props.ts'
import { day } from '../time.ts'
import { Meter } from './meter.tsx'
import { levelOf } from './pill.tsx'

/** The one big number of a page, its meter, and what weighs on it (held, owed). */
export function BalanceFigures({
  balance,
  lowBelow,
  words,
}: {
  balance: BalanceProps
  lowBelow: bigint
  words: Words
}) {
  const total = balance.available + balance.held + balance.used
  return (
    <>
      <p class={`left num ${levelOf(balance.available, lowBelow)}`}>
        {words.credits(balance.available)}{' '}
        <small>
          {total > 0n
            ? words.t('desk:balance.ofTotal', { n: words.credits(total), count: Number(total) / 100 })
            : words.t('desk:balance.none')}
        </small>
      </p>
      <Meter balance={balance} words={words} />
      {balance.held > 0n && (
        <p class="small quiet num">
          {words.t('desk:balance.held', { credits: words.creditsPhrase(balance.held) })}
        </p>
      )}
      {balance.deficit > 0n && (
        <p class="small bad num">
          {words.t('desk:balance.deficit', { credits: words.creditsPhrase(balance.deficit) })}
        </p>
      )}
      {balance.overdraft > 0n && (
        <p class="small warn num">
          {words.t('desk:balance.overdraft', { credits: words.creditsPhrase(balance.overdraft) })}
        </p>
      )}
    </>
  )
}

export interface GrantListProps {
  grants: GrantProps[]
  words: Words
  timeZone: string
}

/** Where the credits come from, in the order in which they are spent. */
export function GrantList({ grants, words, timeZone }: GrantListProps) {
  if (grants.length === 0) return null
  return (
    <ul class="grants">
      {grants.map((grant) => (
        <li class={grant.state === 'live' ? '' : 'gone'}>
          <bdi>{grant.name}</bdi>
          <span class="num">
            {words.t('desk:grant.of', {
              n: words.credits(grant.remainder),
              total: words.credits(grant.entitled),
            })}
          </span>
          <span class="small quiet num">
            {grant.order && <>{words.t('desk:grant.order', { order: grant.order })} · </>}
            {grantTerm(grant, words, timeZone)}
          </span>
        </li>
      ))}
    </ul>
  )
}

function grantTerm(grant: GrantProps, words: Words, timeZone: string): string {
  if (grant.state === 'frozen') return words.t('desk:grant.frozen')
  if (grant.state === 'revoked') return words.t('desk:grant.revoked')
  if (!grant.expiresAt) return words.t('desk:grant.noEnd')
  const date = day(words, grant.expiresAt, timeZone)
  return words.t(grant.state === 'expired' ? 'desk:grant.expired' : 'desk:grant.until', { date })
}
