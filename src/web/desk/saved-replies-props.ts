import type { DeskFrame } from './props.ts'

export interface SavedReplyProps {
  id: string
  shared: boolean
  folder: string
  name: string
  texts: Record<string, string>
}

/** The form, as it stands or as it was typed. */
export interface EditedReply extends Omit<SavedReplyProps, 'id'> {
  /** Absent: a new one. */
  id?: string
  /** Fields by the names of the API ("texts.sl"), with what is wrong. */
  problems: { field: string; message: string }[]
}

export interface SavedRepliesProps extends DeskFrame {
  replies: SavedReplyProps[]
  locales: string[]
  variables: readonly string[]
  edited?: EditedReply
}

export interface PickReplyProps extends DeskFrame {
  ticketId: string
  replies: { id: string; folder: string; name: string; text: string }[]
}
