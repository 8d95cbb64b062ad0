import { show } from '../show.ts'
import type { LawSpec } from './law-spec.ts'
import type { Trial } from './trial.ts'

export const keyLaws: readonly LawSpec[] = [
  {
    id: 'key-1',
    title: 'a key is a string',
    advice:
      'Return a string from key() for every target it can be given; a target that makes no sense should throw.',
    async check(t) {
      for (const target of allTargets(t)) {
        const key: unknown = t.adapter.key(target)
        t.hold(typeof key === 'string', `key() returned ${show(key)}`)
      }
    },
  },
  {
    id: 'key-2',
    title: 'the key of a target is always the same, and asking for it changes nothing',
    advice:
      'Compute the key from the target alone: no counter, no time, no random number; and do not write to the target.',
    async check(t) {
      const { target } = t.backend
      const before = contents(target)
      const key = t.adapter.key(target)
      const after = contents(target)
      const isSame = before.size === after.size && [...before].every(isIn(after))
      t.hold(isSame, 'the target was changed')
      const { conn } = await t.connect()
      t.hold(Object.is(t.adapter.key(target), key), 'key() gave another key after a dial')
      t.close(conn)
      t.hold(Object.is(t.adapter.key(target), key), 'key() gave another key after a close')
    },
  },
  {
    id: 'key-3',
    title: 'targets that mean the same have equal keys',
    advice:
      'Build the key from what the target says, defaults filled in, and not from its identity or the order of its properties.',
    async check(t) {
      const { target, equalTargets = [copyOf(target)] } = t.backend
      const key = t.adapter.key(target)
      equalTargets.forEach((equal, index) => {
        const other: unknown = t.adapter.key(equal)
        t.hold(other === key, `the key of equalTargets[${index}] is ${show(other)}, not '${key}'`)
      })
    },
  },
  {
    id: 'key-4',
    title: 'targets whose connections are not interchangeable have different keys',
    advice:
      'Put everything into the key that makes a connection unfit for another target: address, user, database, certificate, settings that are made once.',
    needs: ['manyKeys'],
    async check(t) {
      const others = t.hook('otherTargets', 'manyKeys')
      const seen = new Map<string, string>([[t.adapter.key(t.backend.target), 'target']])
      others.forEach((other, index) => {
        const key = t.adapter.key(other)
        const twin = seen.get(key)
        t.hold(twin === undefined, `otherTargets[${index}] has the key of ${twin}: '${key}'`)
        seen.set(key, `otherTargets[${index}]`)
      })
    },
  },
]

function allTargets<Target, Conn extends object>({ backend }: Trial<Target, Conn>): Target[] {
  const { target, refusingTarget, silentTarget, equalTargets = [], otherTargets = [] } = backend
  const further = [refusingTarget, silentTarget].filter((it) => it !== undefined)
  return [target, ...equalTargets, ...otherTargets, ...further]
}

/** Another object of the same kind with the same properties; a primitive is its own copy. */
function copyOf<Target>(target: Target): Target {
  if (typeof target !== 'object' || target === null) return target
  const copy: object = Object.create(Object.getPrototypeOf(target) as object | null)
  // Backwards, as the order of properties means nothing.
  for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(target)).reverse())
    Object.defineProperty(copy, name, property)
  return copy as Target
}

const DEPTH = 3

/** What can be seen of a value, by path. */
function contents(value: unknown, path = '', seen = new Map<string, unknown>()) {
  const isPlain = typeof value === 'object' && value !== null
  seen.set(path, value)
  if (!isPlain || path.split('.').length > DEPTH) return seen
  for (const [name, part] of Object.entries(value)) contents(part, `${path}.${name}`, seen)
  return seen
}

function isIn(map: ReadonlyMap<string, unknown>): (entry: [string, unknown]) => boolean {
  return ([path, value]) => map.has(path) && Object.is(map.get(path), value)
}
