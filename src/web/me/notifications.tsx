import { Field } from '../desk/form-field.tsx'
import type { FormProps } from '../desk/form-props.ts'
import type { DeskFrame } from '../desk/props.ts'
import { Rail } from '../desk/rail.tsx'
import { CsrfField, renderDocument } from '../layout.tsx'
import { isolate } from '../text.tsx'

export interface NotificationsPageProps extends DeskFrame {
  /** They were saved just now. */
  saved: boolean
  /** Whether an answer to such a mail goes to the customer. */
  byMail: boolean
  form: FormProps
}

/** /desk/me/notifications: what this agent is told of and how, as a whole document. */
export function renderNotificationsPage(props: NotificationsPageProps): string {
  const { form, words, timeZone } = props
  const { t } = words
  const shared = { form, words, prefix: 'notifications' }
  return renderDocument({
    frame: props,
    title: t('notifications:title'),
    page: 'desk setup-page',
    scripts: ['forms'],
    children: (
      <div class="panes">
        <Rail frame={props} page="notifications" />
        <main class="setup" id="main">
          <header>
            <h1>{t('notifications:title')}</h1>
            <p class="quiet">{t(props.byMail ? 'notifications:whatByMail' : 'notifications:what')}</p>
          </header>
          {props.saved && (
            <p class="banner good" role="status">
              {t('notifications:saved')}
            </p>
          )}
          {form.wrong.length > 0 && (
            <p class="banner" role="alert">
              {t('notifications:refused')}
            </p>
          )}
          <form class="settings" method="post" action={form.action} data-once>
            <CsrfField frame={props} />
            <section class="card">
              <fieldset class="choices">
                <legend>{t('notifications:toldOf.legend')}</legend>
                {(['all', 'mine', 'none'] as const).map((choice) => (
                  <label>
                    <input
                      type="radio"
                      name="toldOf"
                      value={choice}
                      checked={form.values.toldOf === choice}
                    />
                    <span>{t(`notifications:toldOf.${choice}`)}</span>
                  </label>
                ))}
                {form.wrong.includes('toldOf') && (
                  <small class="bad" role="alert">
                    {t('notifications:toldOf.wrong')}
                  </small>
                )}
              </fieldset>
              <label class="box">
                <input type="checkbox" name="byMail" value="on" checked={form.values.byMail === 'on'} />
                <span>
                  {t('notifications:byMail.label')}
                  <small class="quiet">{t('notifications:byMail.what')}</small>
                </span>
              </label>
            </section>
            <section class="card">
              <h2>{t('notifications:quiet.title')}</h2>
              <p class="quiet small">{t('notifications:quiet.what', { zone: isolate(timeZone) })}</p>
              <div class="fields">
                {(['quietFrom', 'quietUntil'] as const).map((name) => (
                  <Field
                    {...shared}
                    name={name}
                    label={t(`notifications:quiet.${name}`)}
                    mend={t('notifications:quiet.wrong')}
                    type="time"
                  />
                ))}
              </div>
            </section>
            <button class="button first" type="submit">
              {t('notifications:save')}
            </button>
          </form>
          <Here words={words} />
        </main>
      </div>
    ),
  })
}

/** In this browser; its script shows the one text that is so, and asks the browser only after a click. */
function Here({ words: { t } }: Pick<DeskFrame, 'words'>) {
  return (
    <section class="card told-here" data-told data-confirm={t('notifications:here.confirm')} hidden>
      <h2>{t('notifications:here.title')}</h2>
      <p class="quiet small">{t('notifications:here.what')}</p>
      <p role="status">
        {(['untold', 'told', 'denied', 'missing'] as const).map((state) => (
          <span data-told-state={state} hidden>
            {t(`notifications:here.${state}`)}
          </span>
        ))}
      </p>
      <button class="button" type="button" data-told-on hidden>
        {t('notifications:here.on')}
      </button>
      <button class="button" type="button" data-told-off hidden>
        {t('notifications:here.off')}
      </button>
    </section>
  )
}
