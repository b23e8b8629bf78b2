import type { MergePageProps } from '../../src/web/desk/merge-props.ts'
import { ticketProps } from './samples.ts'

const { rows: _rows, ...frame } = ticketProps

const ziga = {
  id: '7',
  name: 'Žiga Čebašek',
  emails: ['ziga.cebasek@example.test'],
  phones: ['+38640123456'],
}
const twin = { id: '9', name: '', emails: ['ziga@firma.example', 'prodaja@firma.example'], phones: [] }

export const mergeFind: MergePageProps = {
  ...frame,
  target: ziga,
  action: '/desk/customers/7/merge',
  backHref: '/desk/tickets/3#side',
  ticket: '3',
  step: { kind: 'find', who: 'firma', found: [twin] },
}

export const mergeCompare: MergePageProps = {
  ...mergeFind,
  step: {
    kind: 'compare',
    source: twin,
    before: {
      source: { available: 350n, deficit: 0n, overdraft: 100n },
      target: { available: 700n, deficit: 200n, overdraft: 0n },
    },
    after: { available: 1050n, deficit: 200n, overdraft: 100n },
    frozen: true,
    grants: 2,
    tickets: 1,
    orders: 3,
    reasons: ['same_person', 'same_company', 'other'],
    idempotencyKey: 'merge-key-1',
  },
}
