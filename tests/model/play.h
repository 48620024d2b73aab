// Acts out the scripts of a scenario with the ring's own calls.
//
// The producer: c claim and fill a draft, p publish the oldest draft, P the newest, x abort the oldest, u claim a slot and take
// that back, m 100 ms pass (a sweep is due), s sweep, w ask which planes are wanted, . close, y anybody may go on. Hostile: H
// name a slot that is none as the newest, T in its table, for the newest frame.
// A reader: a attach, t take a frame or sleep until there is one, n take one if there is, k take the frame of the next number,
// c copy a frame or sleep, l look at what is held, r release the oldest held frame, g give it to the helper, d detach, v
// spin, W want planes of generation 2, u say why (once) and nudge the helper, y anybody, (...) again and again until the stream
// ends. Hostile: h write nonsense into its block.
// The helper: R release what it is given, i say why and interrupt the reader's wait, w watch the stream until it is closed,
// z rest until a nudge.
#ifndef TESTS_MODEL_PLAY_H
#define TESTS_MODEL_PLAY_H

void play_producer(void *unused);
void play_reader(void *reader);
void play_helper(void *unused);

#endif
