import type { FormProps } from '../desk/form-props.ts'
import type { DeskFrame } from '../desk/props.ts'

export interface SettingsPageProps extends DeskFrame {
  /** They were saved just now. */
  saved: boolean
  /** Where mail comes from without an address of the shop's own. */
  usualAddress: string
  form: FormProps
}
