import type { Mails } from '../../src/words/mail-data.ts'

const portalUrl = 'https://help.example.test/p/abcdefghijklmnop'

/** One plausible mail of each kind, for the tests and for looking at. */
export const mailSamples: Mails = {
  welcome: {
    shopName: 'Example & Sons',
    customerName: 'Žiga Čebašek',
    ticketNumber: 1042,
    subject: 'Support pack 10',
    availableUnits: 1000n,
    totalUnits: 1000n,
    grants: [
      {
        name: 'Support pack 10',
        units: 1000n,
        expiresAt: new Date('2027-11-21T22:59:59.999Z'),
        channels: [
          { channel: 'email', priceUnits: 100n, per: 'reply' },
          { channel: 'sms', priceUnits: 50n, per: 'segment' },
          { channel: 'video', priceUnits: 100n, per: 'minutes', stepMinutes: 5 },
          { channel: 'work', priceUnits: 0n, per: 'minutes', stepMinutes: 5 },
        ],
      },
    ],
    timeZone: 'Europe/Ljubljana',
    portalUrl,
  },
  reply: {
    shopName: 'Example & Sons',
    agentName: 'Ana Novak',
    ticketNumber: 1042,
    subject: 'Checkout shows a white page',
    body: 'Hello Žiga,\n\nthe payment plugin and the theme both load the same script. Please do this:\n\n1. open Plugins\n2. update "Payments" to 4.2\n\nThe steps are at https://docs.example.test/white-page?step=2&lang=en.\n\nBest regards\nAna',
    costUnits: 100n,
    availableUnits: 600n,
    portalUrl,
  },
  'session-invitation': {
    shopName: 'Example & Sons',
    agentName: 'Ana Novak',
    ticketNumber: 1042,
    subject: 'Checkout shows a white page',
    priceUnits: 100n,
    stepMinutes: 5,
    availableUnits: 600n,
    joinUrl: 'https://help.example.test/room/abcdefghijklmnop',
    portalUrl,
  },
  'session-bill': {
    shopName: 'Example & Sons',
    agentName: 'Ana Novak',
    ticketNumber: 1042,
    subject: 'Checkout shows a white page',
    actualSeconds: 310,
    billedSeconds: 600,
    costUnits: 200n,
    availableUnits: 400n,
    portalUrl,
  },
}
