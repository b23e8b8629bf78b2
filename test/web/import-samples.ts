import { importColumns } from '../../src/domain/imports/columns.ts'
import type { ImportedProps, ImportPageProps, ImportReportProps } from '../../src/web/desk/import-props.ts'
import { minutesAgo, ticketProps } from './samples.ts'

const { rows: _rows, ...frame } = ticketProps

const report: ImportReportProps = {
  rows: 120,
  new: 118,
  known: 2,
  units: 104_250n,
  customers: { new: 97, known: 3 },
  errors: [],
  errorCount: 0,
}

/** The same file again. */
export const importedBefore: ImportReportProps = { ...report, new: 0, known: 120, units: 0n }

export const importGive: ImportPageProps = {
  ...frame,
  setsUp: true,
  action: '/desk/import',
  templateHref: '/desk/import/template.csv',
  columns: importColumns,
  megabytes: 5,
  mostRows: 20_000,
  step: { kind: 'give' },
  earlier: [
    {
      href: '/desk/import/7',
      at: minutesAgo(90),
      agentName: 'Maja Kovač',
      rows: 118,
      known: 0,
      units: 104_250n,
      customers: { new: 97, known: 3 },
    },
    {
      href: '/desk/import/3',
      at: minutesAgo(90_000),
      agentName: null,
      rows: 1,
      known: 0,
      units: 100n,
      customers: { new: 0, known: 1 },
    },
  ],
}

export const importWrong: ImportPageProps = {
  ...importGive,
  step: {
    kind: 'wrong',
    typed: 'reference,email,credits\nH-1,ana@,12.5',
    report: {
      ...report,
      errors: [
        { line: 1, column: null, message: 'the file is empty' },
        { line: 2, column: 'shop_customer_id', message: 'this e-mail belongs to a customer with an account' },
        { line: 3, column: 'email', message: '"ana@" is no e-mail address' },
      ],
      errorCount: 1_400,
    },
  },
}

export const importChecked: ImportPageProps = {
  ...importGive,
  step: { kind: 'checked', report, csv: 'reference,email,credits\nH-1,"<Ana>",12.5\n' },
}

export const imported: ImportedProps = {
  ...frame,
  setsUp: true,
  backHref: '/desk/import',
  done: {
    at: minutesAgo(2),
    agentName: 'Maja Kovač',
    rows: 118,
    known: 2,
    units: 104_250n,
    customers: { new: 97, known: 3 },
    grants: [
      {
        name: 'Žiga Čebašek',
        email: 'ziga@example.test',
        units: 1_250n,
        expiresAt: minutesAgo(-90_000),
        href: '/desk/customers/7/statement',
      },
      { name: '', email: '', units: 100n, href: '/desk/customers/8/statement' },
    ],
  },
}
