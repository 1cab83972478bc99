/**
 * One sentence of a caller: where the call stands, what the recogniser understood, and what a good clerk does then.
 *
 * What is done is one or more acts, all of which have to be seen; ` | ` stands between what is right as well.
 * - `answer:a+b` gives these answers of the script
 * - `begin:task` takes up this task and asks its first open question; `slot=value` beside it was understood on the way
 * - `fill slot=value` understands the answer; `a/b` are two ways to write it, `call` is the number of the call
 * - `ask:slot` asks for this, `same-question` asks what was asked before, `go-on` asks for the rest of the number
 * - `not-given:slot` goes on without it, `missing:slot` says what is missing before the call ends
 * - `save` calls the tool of the task, `fix` asks what to change, `drop` leaves the task
 * - `transfer` connects to a person, `cannot-transfer` says that it can not and offers a message
 * - `offer` does not know and offers a message
 * - `end` says goodbye and hangs up, `repeat` says it again, `wait` gives time
 * - `hello`, `go-ahead` (asks how to help), `anything-else`, `robot` (says that it is automated)
 */
export type Sentence = readonly [situation: string, said: string, does: string];
