import { expect, test } from 'vitest'
import { type Box, cellAt, dialReach, gridFor, zonesOf } from '../../page/lanes/geometry.ts'
import { Scene } from '../../page/lanes/scene.ts'
import { Slots } from '../../page/lanes/slots.ts'
import { nextBox } from '../../page/lanes/walk.ts'
import { type Lane, Stage } from '../../src/stage-state.ts'
import { dial, dialed, got, lane, want } from './support/events.ts'

function laneWith(conns: number, wants = 0, dials = 0): Lane {
  const stage = new Stage()
  stage.fold(lane)
  for (let id = 1; id <= conns; id++)
    for (const event of [dial(id), dialed(id, id)]) stage.fold(event)
  for (let id = 1; id <= wants; id++) stage.fold(want(id))
  for (let id = 1_001; id <= 1_000 + dials; id++) stage.fold(dial(id))
  return stage.lanes.get(1)!
}

function sceneOf(of: Lane, width = 640, height = 330): Scene {
  const scene = new Scene(of, width, height)
  scene.arrange(of)
  return scene
}

const isInside = (inner: Box, outer: Box) =>
  inner.x >= outer.x - 0.01 &&
  inner.y >= outer.y - 0.01 &&
  inner.x + inner.w <= outer.x + outer.w + 0.01 &&
  inner.y + inner.h <= outer.y + outer.h + 0.01

const overlap = (a: Box, b: Box) =>
  a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h

test.each([
  [640, 330],
  [350, 440],
])('five hundred connections have room in %d × %d, and none covers another', (width, height) => {
  const scene = sceneOf(laneWith(500), width, height)

  const boxes = [...scene.placed()].map(({ box }) => box)

  expect(boxes).toHaveLength(500)
  expect(boxes.every((box) => isInside(box, scene.zones.conns))).toBe(true)
  expect(boxes.some((box, i) => i > 0 && overlap(box, boxes[i - 1]!))).toBe(false)
})

test('the zones do not overlap, wide or narrow', () => {
  for (const width of [320, 519, 520, 1_200]) {
    const { line, dials, conns } = zonesOf(width, 400)
    expect([overlap(line, dials), overlap(dials, conns), overlap(line, conns)]).not.toContain(true)
    expect(conns.x + conns.w).toBeLessThanOrEqual(width)
    expect(conns.y + conns.h).toBeLessThanOrEqual(400)
  }
})

test('a canvas without a size yet has boxes all the same', () => {
  const scene = sceneOf(laneWith(3, 3, 3), 1, 1)

  expect([...scene.placed()].every(({ box }) => box.w > 0 && box.h > 0)).toBe(true)
})

test('a connection keeps its place while others come and go', () => {
  const of = laneWith(3)
  const scene = sceneOf(of)
  const before = scene.connBox(3)

  of.conns.delete(1)
  scene.arrange(of)

  expect(scene.connBox(3)).toEqual(before)
})

test('what is placed comes in the order of the places, whoever came first', () => {
  const of = laneWith(3)
  const scene = sceneOf(of)
  of.conns.delete(1)
  scene.arrange(of)
  of.conns.set(4, { ...of.conns.get(3)!, conn: 4 })
  scene.arrange(of)

  const placed = [...scene.placed()]

  expect(placed.map(({ thing }) => thing.id)).toEqual([4, 2, 3])
  expect(placed[0]!.box.x).toBeLessThan(placed[1]!.box.x)
})

test('the first in line is the one next to the dials', () => {
  const scene = sceneOf(laneWith(0, 30))

  expect(scene.wantPoint(0).x).toBeGreaterThan(scene.wantPoint(29).x)
})

test('what is clicked is what is there, also a little beside it', () => {
  const scene = sceneOf(laneWith(4, 2, 2))
  const { x, y, h } = scene.connBox(2)

  expect(scene.at({ x: x + 1, y: y + h / 2 })?.thing).toEqual({ kind: 'conn', id: 2 })
  expect(scene.at({ x: 639, y: 329 })).toBeUndefined()
})

test('of what is gone there is no place', () => {
  const of = laneWith(1)
  const scene = sceneOf(of)

  of.conns.delete(1)
  scene.arrange(of)

  expect(scene.boxOf({ kind: 'conn', id: 1 })).toBeUndefined()
  expect([...scene.placed()]).toEqual([])
})

test('cells that shrank grow again only when there is room to spare', () => {
  const box = { x: 0, y: 0, w: 100, h: 100 }
  const sizes = [
    { w: 46, h: 46, gap: 4 },
    { w: 22, h: 22, gap: 4 },
  ]

  const small = gridFor(box, 5, sizes)

  expect(small.tier).toBe(1)
  expect(gridFor(box, 4, sizes, small.tier).tier).toBe(1)
  expect(gridFor(box, 2, sizes, small.tier).tier).toBe(0)
})

test('a freed slot is given to the next, and nobody moves', () => {
  const slots = new Slots()
  const first = [10, 11, 12].map((id) => slots.of(id))

  slots.free(11)

  expect(first).toEqual([0, 1, 2])
  expect(slots.of(13)).toBe(1)
  expect(slots.of(12)).toBe(2)
  slots.keepOnly(new Set([10]))
  expect(slots.extent).toBe(1)
})

test('a dial moves on for ten seconds, fast at first', () => {
  const reach = [0, 10, 100, 1_000, 10_000, 60_000].map(dialReach)

  expect(reach).toEqual([...reach].sort((a, b) => a - b))
  expect(reach[0]).toBe(0)
  expect(reach[4]).toBe(1)
  expect(reach[5]).toBe(1)
})

test('the arrow keys go to what lies in their direction', () => {
  const grid = { ...gridFor({ x: 0, y: 0, w: 50, h: 50 }, 4, [{ w: 20, h: 20, gap: 4 }]) }
  const boxes = [0, 1, 2, 3].map((i) => cellAt(grid, i))

  expect(nextBox(boxes, boxes[0]!, 'right')).toBe(1)
  expect(nextBox(boxes, boxes[0]!, 'down')).toBe(2)
  expect(nextBox(boxes, boxes[3]!, 'left')).toBe(2)
  expect(nextBox(boxes, boxes[0]!, 'left')).toBeUndefined()
})

test('where nothing lies in a direction, the arrow keys go on in order', () => {
  const oneAboveTheOther: Box[] = [0, 24, 48].map((y) => ({ x: 0, y, w: 20, h: 20 }))
  const [top, middle, bottom] = oneAboveTheOther as [Box, Box, Box]

  expect(nextBox(oneAboveTheOther, top, 'right')).toBe(1)
  expect(nextBox(oneAboveTheOther, { ...middle }, 'right')).toBe(2)
  expect(nextBox(oneAboveTheOther, middle, 'left')).toBe(0)
  expect(nextBox(oneAboveTheOther, top, 'left')).toBeUndefined()
  expect(nextBox(oneAboveTheOther, bottom, 'right')).toBeUndefined()
  expect(nextBox(oneAboveTheOther, { x: 9, y: 9, w: 1, h: 1 }, 'down')).toBe(1)
})

test('a session has room for its streams', () => {
  const of = laneWith(2)
  for (const conn of of.conns.values()) Object.assign(conn, { capacity: 10, streams: 3 })

  const scene = sceneOf(of)

  expect(scene.shared).toBe(true)
  expect(scene.connBox(1).w).toBeGreaterThan(100)
  expect(scene.at({ x: scene.connBox(1).x + 2, y: scene.connBox(1).y + 2 })?.thing.id).toBe(1)
})

test('a want that got a connection is no longer in the picture', () => {
  const stage = new Stage()
  for (const event of [lane, dial(1), dialed(1, 1), want(1)]) stage.fold(event)
  const of = stage.lanes.get(1)!
  const scene = sceneOf(of)

  stage.fold(got(1, 1))
  scene.arrange(of)

  expect([...scene.placed()].map(({ thing }) => thing.kind)).toEqual(['conn'])
})
