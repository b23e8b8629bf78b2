import type { PickReplyProps, SavedRepliesProps } from '../../src/web/desk/saved-replies-props.ts'
import { listProps } from './samples.ts'

const { rows: _, place: __, olderHref: ___, ...desk } = listProps

const texts = { en: 'Hello {{customer.first_name}}, the cache is cleared.', fa: 'سلام {{customer.name}}' }

export const savedReplies: SavedRepliesProps = {
  ...desk,
  locales: ['en', 'sl', 'fa'],
  variables: ['customer.name', 'balance'],
  replies: [
    { id: '1', shared: true, folder: '', name: 'Hello', texts },
    { id: '2', shared: false, folder: 'Checkout', name: 'Cache & theme', texts: { sl: 'x'.repeat(400) } },
  ],
}

export const editedReply: SavedRepliesProps = {
  ...savedReplies,
  edited: {
    id: '2',
    shared: true,
    folder: 'Checkout',
    name: '',
    texts: { en: 'Dear {{customer.nme}}' },
    problems: [
      { field: 'name', message: 'give a name of at most 80 letters' },
      { field: 'texts.en', message: '{{customer.nme}} means nothing here' },
    ],
  },
}

export const pickReply: PickReplyProps = {
  ...desk,
  ticketId: '12',
  replies: [{ id: '1', folder: 'Checkout', name: 'Cache', text: 'Hello Mojca, the cache is cleared.' }],
}
