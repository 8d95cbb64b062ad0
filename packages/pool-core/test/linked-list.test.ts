import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Linked, LinkedList } from '../src/linked-list.ts'

class Member implements Linked<Member> {
  prev: Member | undefined = undefined
  next: Member | undefined = undefined
  readonly id: number

  constructor(id: number) {
    this.id = id
  }
}

/** Forwards, having seen that backwards says the same. */
function idsOf(list: LinkedList<Member>): number[] {
  const forwards: number[] = []
  for (let it = list.first; it !== undefined; it = it.next) forwards.push(it.id)
  const backwards: number[] = []
  for (let it = list.last; it !== undefined; it = it.prev) backwards.unshift(it.id)
  expect(backwards).toEqual(forwards)
  return forwards
}

function listOf(...members: Member[]): LinkedList<Member> {
  const list = new LinkedList<Member>()
  for (const member of members) list.push(member)
  return list
}

test('a new list is empty', () => {
  const list = new LinkedList<Member>()

  expect([list.first, list.last, list.size]).toEqual([undefined, undefined, 0])
})

test.each([
  ['first', 0, [2, 3]],
  ['middle', 1, [1, 3]],
  ['last', 2, [1, 2]],
])('the %s member leaves, and its neighbours close the gap', (_, place, left) => {
  const members = [new Member(1), new Member(2), new Member(3)]
  const list = listOf(...members)

  list.remove(members[place]!)

  expect(idsOf(list)).toEqual(left)
  expect(list.size).toBe(2)
})

test('the only member leaves an empty list', () => {
  const member = new Member(1)
  const list = listOf(member)

  list.remove(member)

  expect([list.first, list.last, list.size]).toEqual([undefined, undefined, 0])
})

test('a member that has left refers to no neighbour', () => {
  const members = [new Member(1), new Member(2), new Member(3)]
  const list = listOf(...members)

  list.remove(members[1]!)

  expect([members[1]?.prev, members[1]?.next]).toEqual([undefined, undefined])
})

test('a member that has left may join again, here or elsewhere', () => {
  const members = [new Member(1), new Member(2)]
  const list = listOf(...members)

  list.remove(members[0]!)
  list.push(members[0]!)
  list.remove(members[1]!)
  const other = listOf(members[1]!)

  expect([idsOf(list), idsOf(other)]).toEqual([[1], [2]])
})

test('a list does what an array does, whoever leaves it and whenever', () => {
  const steps = fc.array(fc.oneof(fc.constant('push' as const), fc.nat()), { maxLength: 60 })

  fc.assert(
    fc.property(steps, (taken) => {
      const list = new LinkedList<Member>()
      const model: Member[] = []
      let id = 0
      for (const step of taken) {
        if (step === 'push') {
          const member = new Member(++id)
          list.push(member)
          model.push(member)
        } else if (model.length > 0) {
          const [member] = model.splice(step % model.length, 1)
          list.remove(member!)
        }
        expect(idsOf(list)).toEqual(model.map((member) => member.id))
        expect(list.size).toBe(model.length)
      }
    }),
    { numRuns: 100 },
  )
})
