-- 0041 writes replies by itself, and jobs are enqueued with their delay: nothing calls these any more.
DROP FUNCTION write_replies(reply_draft[]);
DROP TYPE reply_draft;
DROP FUNCTION enqueue_jobs(text, json[]);
