/** What a customer and an agent wrote to each other in turn, as long as such mails are; a page's weight is measured with it. */
export const conversation: [customer: string, agent: string][] = [
  [
    'Hello,\n\nsince the update on Monday our checkout stops at the payment step. The customer presses the button, the page loads, and then nothing happens. No error, no order. We have lost at least four sales that I know of.\n\nMojca',
    'Hello Mojca,\n\nthank you for writing. Which payment methods are offered at that step, and does it happen with each of them? If you can, please send us the time of one failed attempt, so that we find it in the log.\n\nKind regards',
  ],
  [
    'Card and bank transfer. Bank transfer works, I tried it myself a minute ago. One of the failed ones was today at 9:42, from a phone.',
    'Then it is the card form. I looked at the log of 9:42: the plugin of your payment provider answered with a notice about a missing key. Version 4.1 renamed a setting, and the old name is no longer read.',
  ],
  [
    'I see no setting of that name. Where would it be? Our developer has left and I have never touched this part of the shop.',
    'Under WooCommerce, Settings, Payments, Card, at the very bottom: "Publishable key". Copy it from your account with the provider, Developers, API keys. It begins with pk_live. Please do not send it to us, we do not need it.',
  ],
  [
    'Found it and pasted the key. Now the form appears again, but it says that the domain is not allowed?',
    'That is the second half: the provider wants to know your domain. In the same account, open Settings, Payment method domains, and add both lipa-shop.example and www.lipa-shop.example. It takes about five minutes.',
  ],
  [
    'Added both. It works with my own card! But Apple Pay has gone from the product pages. It used to be there.',
    'Good. Apple Pay needs a file on your server that the update removed. I can put it back if you give us access by FTP for an hour, or you switch the express buttons off and on again, which writes the file anew.',
  ],
  [
    'Off and on did it, thank you. One more: the confirmation mails arrive twice since then, once in English and once in Slovenian.',
    'Two plugins translate the mails now. The older one, "Mail Translator Lite", was updated together with the rest and switched itself on. Deactivate it and look whether the next order sends a single mail.',
  ],
  [
    'Only one now. And the invoice number jumped from 2041 to 3000, the accountant is not happy about that.',
    'That comes from the invoice plugin: with its update it starts a new range at each thousand unless a prefix is set. The numbers already given must stay. I would set the next number to 3001 and write a short note for the accountant.',
  ],
  [
    'She agreed to that. The note would be lovely, could you write two sentences that I can forward?',
    'Here they are: "Because of a software update on 3 March the numbering went on from 3000 instead of 2042. No invoice is missing or was issued twice; the numbers 2042 to 2999 were never used." She may of course change the wording.',
  ],
  [
    'Perfect. Next week we start with gift vouchers. Is there something we should mind before we switch them on?',
    'Three things: vouchers are not products for the tax, so choose "multi-purpose" in their settings; let them expire no sooner than in a year; and exclude them from your other discounts, or someone buys a voucher of 50 for 40.',
  ],
  [
    'The third one would have happened to us for sure. How do I exclude them? I see "Usage restriction" on coupons, is that it?',
    'Yes. Open each running coupon, Usage restriction, Exclude categories, and choose the category of the vouchers. You have three running coupons; I counted them: SPRING, FRIEND10 and one without a name that ends on Sunday.',
  ],
  [
    'Done for all three. The shop got slow in the evening, pages need eight seconds. Is that the vouchers?',
    'No, I measured it: a job that regenerates thumbnails has been running since 17:30 with 11,000 pictures to go. It will end in the night. If it disturbs you, pause it under Tools, Scheduled actions and let it go on at two in the morning.',
  ],
  [
    'I paused it. Fast again. Can it be made so that it only ever runs at night?',
    'There is a setting for it in the hosting panel rather than in WordPress. Replace the web cron by a real one, at 2:00. I wrote the line that your hoster needs and added it to this ticket as a note that you can copy from your page.',
  ],
  [
    'The hoster set it up. Last question for today, I promise: two customers say that the voucher mail went to spam.',
    'Your domain has no DMARC record, and the vouchers are sent by a service that signs with its own name. Ask the hoster for DKIM of that service, then add a DMARC record with p=none. I will look at the reports with you in two weeks.',
  ],
  [
    'They added the DKIM record. For DMARC they want to know an address where the reports go. Which one do we take?',
    'Take an address that nobody reads by hand, such as dmarc@lipa-shop.example, and let us have a copy. The reports are XML files in archives, a few each day, and we have a program that draws a picture of them.',
  ],
  [
    'All set. You have been a great help, the new range of shoes can come. How many credits did all of this cost us, by the way?',
    'Fifteen answers, one credit each; the list with every single one is on your page under "Statement". You have more than half of the second pack left. Good luck with the shoes!',
  ],
]
