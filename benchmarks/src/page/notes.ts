/** What the numbers of a figure do not say themselves: where others are ahead, and why. */
export const notes: Readonly<Record<string, string>> = {
  'acquire-release':
    'The bare array is the floor: it hands promises over, and knows no limit, timeout, key or statistics.',
  'try-acquire':
    'What is above the floor is the time of day (read once a turn, which is why a turn for each costs more), the idle list over all keys, and the books. The lease itself is an object here and there.',
  cancel:
    '`cancel()` without a reason makes the error that its caller gets; with a reason there is none to make. With a million wants each one is a miss of the cache, which the bare links show.',
  'idle-connection':
    'generic-pool and the bare array keep an idle connection in an array and nothing beside; here it is in its key’s list, in the list of all, and in the timing wheel.',
  expiry: 'No other pool here closes idle connections of many keys with one timer.',
}
