/** NUL and halves of surrogate pairs: PostgreSQL stores neither. */
export const notStorable = /\0|\p{Surrogate}/u
