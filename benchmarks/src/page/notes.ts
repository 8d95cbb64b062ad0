/** What the numbers of a figure do not say themselves: where others are ahead, and why. */
export const notes: Readonly<Record<string, string>> = {
  'acquire-release':
    'The bare array is the floor: it hands promises over, and knows no limit, timeout, key or statistics. Three quarters of the instructions of a pair of ours are the host’s promises and microtasks, as in the floor; the rest makes two objects that it does without, the want (which can be canceled, and leaves its line at once) and the lease (which ends once).',
  'try-acquire':
    'What is above the floor is the idle list over all keys, the books, and the time of day: it stands still in a turn that asks for it over and over, and is read twice where each pair has a turn of its own, which is why that costs more. The lease itself is an object here and there.',
  cancel:
    '`cancel()` without a reason makes the error that its caller gets; with a reason there is none to make. Most of its time goes into the host’s own constructor of errors, though no stack is taken. With a million wants each one is a miss of the cache for every part that is touched: the bare links, three times smaller, pay it as well, so no line keeps within twice the time of a thousand, which fit into the cache.',
  'idle-connection':
    'generic-pool and the bare array keep an idle connection in an array and nothing beside; here it is in its key’s list, in the list of all, and in the timing wheel.',
  expiry:
    'No other pool here closes idle connections of many keys with one timer. Spread over a minute they expire at 60,000 different moments: the timer is armed and fires for each, which is what it costs above the first line.',
  'dispatcher-50':
    'All of these but Go’s write and read with the same client of undici, which is nine tenths of the work. What ours takes beyond the bare clients is the pool, which was half of it when that was taken away for a trial, and a controller, the context of its caller and a handler of either generation. undici’s own pool takes two thirds of that: where connections are never short and nothing else is done, a request of ours costs a fiftieth to a twentieth more processor time, from run to run.',
  'dispatcher-500':
    'undici’s pool walks over its clients to find one that is free, and the more there are, the longer that takes; ours looks for nothing.',
  'dispatcher-burst':
    'Go serves a burst on all processors, Node reads and writes it on one: that this is what is left of the difference is likely, and not measured. The bare clients of undici, which bind late in the same way and do nothing else, take as long as ours.',
  'h2-small-50':
    'Ours and the bare session send the same frames. By a profile, what ours takes beyond it is no one thing: the lease, the promise of an answer, what tells a body that was cut off from a complete one, each a hundredth of a request or less; and a garbage collector that finds a tenth more to move.',
  'h2-large-50':
    'With bodies of 1 MB nearly all of the processor time goes into TLS and the copying of bytes, for all five: who is ahead differs from run to run, and nobody is by much.',
  'h2-idle-session':
    'This is the heap of JavaScript alone: nghttp2 keeps another 22 kB for each session of anybody. What a heap snapshot shows beyond the bare session: a socket of its own under the TLS one (dials race addresses and go through proxies before TLS begins), the ticket to resume TLS with, the books of the pool and of the key, and the functions that watch over GOAWAY, capacity and silence. With what is outside of the heap that makes 57 against 49 kB.',
  'random-lives':
    'After each step the books are checked, and what is seen from outside; every 16 steps all that checkInvariants knows.',
}
