import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createFileBlobs } from '../../connectors/files/blobs.ts'
import type { BlobPort } from '../../src/ports/blobs.ts'

/** The real store in a folder of this process. Blobs are named by their content, so tests may share it. */
export const testBlobs: BlobPort = createFileBlobs(join(tmpdir(), `creditdesk-test-${process.pid}`, 'blobs'))
