/** What does not want mail: the server cannot be reached, it asked to slow down, or a domain's server behind it did. */
export type Trouble = 'away' | 'slow' | 'domain'

export type Asked =
  | { kind: 'go' /** It goes after a rest: say how it fared. */; troubled: boolean }
  | { kind: 'wait'; for: Trouble | 'minute'; because: string; waitMs: number }

/** How fast one mail server is given mail, by all processes that send to it together. `domain`: of the recipient. */
export interface SendingPace {
  /** Takes one mail of the minute, or says why it has to wait. */
  ask(domain: string): Promise<Asked>
  /** Leaves it alone for a while; longer when it was the trouble before. Never throws. */
  missed(trouble: Trouble, domain: string, because: string): Promise<void>
  /** Those are over. Never throws. */
  reached(troubles: readonly Trouble[], domain: string): Promise<void>
}
