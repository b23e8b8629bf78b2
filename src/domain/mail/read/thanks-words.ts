/* The words of a mail that only thanks, in the languages of our customers: lower case, without accents that people leave out. */

const split = (text: string) => text.trim().split(/\s+/)

/** One of these has to be there. */
export const thanks = new Set(
  split(`
    thanks thank thx tnx ty thankyou cheers
    danke dank dankeschon vielendank merci
    hvala zahvaljujem zahvala zahvaljujemo najlepsa hvalalepa
    ευχαριστω ευχαριστουμε ευχαριστιες
    спасибо благодарю благодарим спс благодарен благодарна
    ممنون ممنونم متشکرم متشکر مرسی سپاس سپاسگزارم سپاسگزار تشکر
  `),
)

/** And nothing but these, apart from names. None of them can ask for anything. */
export const company = new Set(
  split(`
    you so very much many a lot again for your the help quick fast reply answer support response kind great perfect
    wonderful excellent super awesome good nice job all works working now it is fine everything that this was worked did
    helped solved problem issue fixed resolved really best regards kind warm wishes sincerely yours hi hello dear hey
    team and to have day weekend evening week ok okay got received well done and appreciate appreciated i we very million
    vielen herzlichen besten schonen ihnen dir euch ihre deine eure fur die das der den hilfe schnelle antwort rasche
    sehr gut prima toll perfekt klasse alles funktioniert jetzt lauft wieder es hat geklappt geholfen hallo guten
    morgen abend tag liebe grusse gruss freundliche freundlichen grussen mit viele lieber lieben herzliche mfg lg vg und ein schones
    wochenende noch einen nochmals tausend schnellen super euer ihr dein team sie haben mir
    najlepsa lepa vam ti vsem za pomoc hiter hitro odgovor podporo odlicno super vse dela sedaj zdaj deluje
    zivjo pozdravljeni pozdravljena pozdrav pozdravi lep dan lepo lp lepe zelo res in srecno vikend vecer ekipa urejeno reseno resno najlepse prijazno
    prijazni ok velika hvala je to
    πολυ παρα σας σε για την το τη βοηθεια αμεση γρηγορη απαντηση υποστηριξη ολα λειτουργει λειτουργουν τωρα τελεια
    υπεροχα καλημερα καλησπερα γεια σου καλη μερα καλο σαββατοκυριακο φιλικα εκτιμηση με χαιρετισμους χαιρετισμοι και θερμα εξαιρετικα ειναι
    большое огромное вам тебе за помощь быстрый оперативный ответ поддержку все всё работает теперь отлично супер прекрасно
    здравствуйте добрый день вечер привет хорошего дня выходных с уважением всего доброго очень и еще раз вас ваш вашу помогло заработало
    شما از تو بابت برای کمک پاسخ سریع پشتیبانی خیلی بسیار همه چیز کار می کند میکند میکنه الان عالی عالیه سلام روز بخیر خوبی خوب
    داشته باشید با احترام ارادتمند و هم دوباره راهنمایی لطف تان لطفتان کمکتان پاسختان جواب درست شد حل خسته نباشید وقت عزیز
  `),
)

/** After one of these up to two names may stand. */
export const greetings = new Set(
  split(`
    hi hello hey dear thanks thank
    hallo liebe lieber guten danke
    zivjo pozdravljeni pozdravljena draga dragi hvala
    γεια καλημερα καλησπερα αγαπητη αγαπητε ευχαριστω
    здравствуйте привет спасибо дорогая дорогой
    سلام ممنون مرسی
  `),
)
