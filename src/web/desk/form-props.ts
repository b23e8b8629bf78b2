/** A form as it is shown: what stands in its fields, and which of them are wrong. */
export interface FormProps {
  action: string
  /** By field: "credits", "channel.sms" (a box that is ticked), "prices.video.step". */
  values: Record<string, string>
  /** Fields that were refused: "credits", "channels", "prices.video.step". */
  wrong: string[]
  /** The match is wrong because another package has it. */
  matchTaken?: boolean
  /** What counts where a price is left empty, by field. */
  shopPrices?: Record<string, string>
  /** Folded away unless something is wrong with it, or nothing else is on the page. */
  open: boolean
}
