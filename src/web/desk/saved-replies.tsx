import { CsrfField, renderDocument } from '../layout.tsx'
import { Rail } from './rail.tsx'
import type {
  EditedReply,
  PickReplyProps,
  SavedRepliesProps,
  SavedReplyProps,
} from './saved-replies-props.ts'

const path = '/desk/replies'

/** /desk/replies as a whole document: the shop's saved replies and the agent's own. */
export function renderSavedReplies(props: SavedRepliesProps): string {
  const { t } = props.words
  return renderDocument({
    frame: props,
    title: t('talk:saved.title'),
    page: 'desk setup-page',
    scripts: ['forms'],
    children: (
      <div class="panes">
        <Rail frame={props} page="replies" />
        <main class="setup" id="main">
          <header>
            <h1>{t('talk:saved.title')}</h1>
            <p class="quiet">{t('talk:saved.what')}</p>
          </header>
          {props.edited ? (
            <EditForm props={props} edited={props.edited} />
          ) : (
            <p>
              <a class="button first" href={`${path}?edit=new`}>
                {t('talk:saved.add')}
              </a>
            </p>
          )}
          <Folders props={props} />
        </main>
      </div>
    ),
  })
}

function Folders({ props }: { props: SavedRepliesProps }) {
  const { t } = props.words
  if (props.replies.length === 0) {
    return (
      <div class="empty">
        <p>
          <b>{t('talk:saved.emptyTitle')}</b>
        </p>
        <p class="quiet">{t('talk:saved.emptyText')}</p>
      </div>
    )
  }
  const folders = [...new Set(props.replies.map(({ folder }) => folder))]
  return (
    <>
      {folders.map((folder) => (
        <section class="saved-folder">
          <h2 dir="auto">{folder || t('talk:saved.noFolder')}</h2>
          <ul class="card saved-list">
            {props.replies
              .filter((reply) => reply.folder === folder)
              .map((reply) => (
                <Line reply={reply} props={props} />
              ))}
          </ul>
        </section>
      ))}
    </>
  )
}

function Line({ reply, props }: { reply: SavedReplyProps; props: SavedRepliesProps }) {
  const { t } = props.words
  const [first = ''] = Object.values(reply.texts)
  return (
    <li id={`r-${reply.id}`}>
      <a href={`${path}?edit=${encodeURIComponent(reply.id)}`}>
        <b dir="auto">{reply.name}</b>
        <span class="small quiet pre" dir="auto">
          {first}
        </span>
      </a>
      <span class="small quiet">
        {Object.keys(reply.texts).sort().join(', ')} ·{' '}
        {t(reply.shared ? 'talk:saved.isShared' : 'talk:saved.isOwn')}
      </span>
    </li>
  )
}

function EditForm({ props, edited }: { props: SavedRepliesProps; edited: EditedReply }) {
  const { t } = props.words
  const wrong = (field: string) => edited.problems.find((problem) => problem.field === field)?.message
  const action = edited.id === undefined ? path : `${path}/${encodeURIComponent(edited.id)}`
  return (
    <form class="card saved-form" method="post" action={action} data-once>
      <CsrfField frame={props} />
      <h2>{t(edited.id === undefined ? 'talk:saved.add' : 'talk:saved.change')}</h2>
      <label>
        {t('talk:saved.name')}
        <input name="name" dir="auto" maxLength={80} required value={edited.name} />
        <Problem text={wrong('name')} />
      </label>
      <label>
        {t('talk:saved.folder')}
        <input name="folder" dir="auto" maxLength={60} value={edited.folder} list="folders" />
        <Problem text={wrong('folder')} />
      </label>
      <datalist id="folders">
        {[...new Set(props.replies.map(({ folder }) => folder))].filter(Boolean).map((folder) => (
          <option value={folder} />
        ))}
      </datalist>
      <Problem text={wrong('texts')} />
      {props.locales.map((locale, index) => (
        <details class="saved-text" open={Boolean(edited.texts[locale]) || index === 0}>
          <summary>{languageName(locale, props.words.locale)}</summary>
          <textarea
            name={`text.${locale}`}
            lang={locale}
            dir="auto"
            rows={5}
            maxLength={20_000}
            aria-label={t('talk:saved.textIn', { language: languageName(locale, props.words.locale) })}
          >
            {edited.texts[locale] ?? ''}
          </textarea>
          <Problem text={wrong(`texts.${locale}`)} />
        </details>
      ))}
      <p class="small quiet">
        {t('talk:saved.variables')}{' '}
        {props.variables.map((name) => (
          <>
            <code>{`{{${name}}}`}</code>{' '}
          </>
        ))}
      </p>
      <label class="check">
        <input type="checkbox" name="shared" value="1" checked={edited.shared} /> {t('talk:saved.shared')}
      </label>
      <p class="buttons">
        <button class="send" type="submit">
          {t('talk:saved.save')}
        </button>
        {edited.id !== undefined && (
          <button type="submit" name="act" value="remove" formNoValidate>
            {t('talk:saved.remove')}
          </button>
        )}
        <a class="button" href={path}>
          {t('talk:saved.cancel')}
        </a>
      </p>
    </form>
  )
}

function Problem({ text }: { text: string | undefined }) {
  return text === undefined ? null : (
    <small class="bad" role="alert">
      {text}
    </small>
  )
}

/** Choosing one without a script: each is a button that puts it behind the draft. */
export function renderPickReply(props: PickReplyProps): string {
  const { t } = props.words
  const ticket = `/desk/tickets/${encodeURIComponent(props.ticketId)}`
  return renderDocument({
    frame: props,
    title: t('talk:saved.pick'),
    page: 'desk setup-page',
    children: (
      <div class="panes">
        <Rail frame={props} />
        <main class="setup" id="main">
          <header>
            <h1>{t('talk:saved.pick')}</h1>
            <p class="quiet">
              <a class="link" href={`${ticket}#composer`}>
                {t('talk:saved.back')}
              </a>
            </p>
          </header>
          {props.replies.length === 0 && <p class="quiet">{t('talk:saved.emptyText')}</p>}
          <ul class="card saved-list">
            {props.replies.map((reply) => (
              <li>
                <form method="post" action={`${ticket}/saved-replies/${encodeURIComponent(reply.id)}`}>
                  <CsrfField frame={props} />
                  <b dir="auto">{reply.folder ? `${reply.folder} / ${reply.name}` : reply.name}</b>
                  <p class="small quiet" dir="auto">
                    {reply.text}
                  </p>
                  <button type="submit">{t('talk:saved.use')}</button>
                </form>
              </li>
            ))}
          </ul>
        </main>
      </div>
    ),
  })
}

function languageName(locale: string, deskLocale: string): string {
  return new Intl.DisplayNames([deskLocale], { type: 'language' }).of(locale) ?? locale
}
