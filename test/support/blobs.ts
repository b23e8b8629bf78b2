import { join } from 'node:path'
import { createFileBlobs } from '../../connectors/files/blobs.ts'
import type { BlobPort } from '../../src/ports/blobs.ts'

const folder = process.env.TEST_FOLDER
if (folder === undefined) throw new Error('TEST_FOLDER is missing; startTestServer sets it')

/** The real store in the folder of the run. Blobs are named by their content, so tests may share it. */
export const testBlobs: BlobPort = createFileBlobs(join(folder, 'blobs'))
