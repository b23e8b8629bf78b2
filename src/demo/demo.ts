import { pino } from 'pino'
import { narrator, t } from './narration.ts'
import { setStage } from './stage.ts'
import { tellStory } from './story.ts'

export interface Demo {
  failed: boolean
  /** True when the desk stays open for a look around. */
  keepsRunning: boolean
  stop(): Promise<void>
}

/** Plays the main job. With `check` it ends by itself and only says whether every figure was as told. */
export async function playDemo(options: { check: boolean }): Promise<Demo> {
  const told = narrator()
  const started = Date.now()
  told.say(t('demo:title'))
  told.say(t('demo:starting'))
  const stage = await setStage(pino({ level: 'silent' }))
  try {
    await tellStory(stage, told)
  } catch (error) {
    await stage.close()
    throw error
  }
  told.table()
  const { checks, wrong } = told.counts()
  const seconds = Math.round((Date.now() - started) / 1000)
  told.say(`\n${wrong === 0 ? t('demo:good', { checks, seconds }) : t('demo:bad', { count: wrong })}`)
  if (options.check) {
    await stage.close()
    return { failed: wrong > 0, keepsRunning: false, stop: async () => undefined }
  }
  told.say(`\n${t('demo:open')}`)
  told.say(t('demo:desk', { url: stage.loginUrl }))
  told.say(t('demo:mailbox', { url: `${stage.address}/sandbox/mail` }))
  told.say(t('demo:phone', { url: `${stage.address}/sandbox/phone` }))
  return { failed: wrong > 0, keepsRunning: true, stop: () => stage.close() }
}
