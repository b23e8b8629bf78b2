/** What the audit log can say was done. Acts by hand write theirs in SQL (credits/README.md, "By hand"). */
export const auditActions = [
  'adjust',
  'grant',
  'settle',
  'forgive',
  'freeze',
  'unfreeze',
  'merge',
  'merged_away',
  'reverse_message',
  'waive_work',
  'review_accept',
  'review_dismiss',
  'resolve_unknown',
  'contact_add',
  'contact_change',
  'contact_remove',
  'contact_owner',
  'contact_invite',
  'import_balances',
  'package_add',
  'package_edit',
  'package_retire',
  'rate_set',
  'settings_change',
] as const

export type AuditAction = (typeof auditActions)[number]
