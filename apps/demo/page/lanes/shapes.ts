import type { ContenderId } from '../../src/protocol.ts'
import type { Ending } from '../fold/winners.ts'

/** Colours alone do not tell things apart: each also has a shape. */
export type Shape = 'disc' | 'square' | 'ring' | 'triangle' | 'diamond' | 'cross'

export const shapeOfEnding: Readonly<Record<Ending, Shape>> = {
  'handed-over': 'disc',
  idle: 'square',
  room: 'ring',
  'own-dial': 'triangle',
  'other-dial': 'diamond',
  failed: 'cross',
}

export const shapeOfContender: Readonly<Record<ContenderId, Shape>> = {
  ours: 'disc',
  undici: 'square',
  agent: 'triangle',
}

type Corner = readonly [x: number, y: number]

/** Corners within -1 to 1. */
export const corners: Readonly<Record<'square' | 'triangle' | 'diamond', readonly Corner[]>> = {
  square: [
    [-0.85, -0.85],
    [0.85, -0.85],
    [0.85, 0.85],
    [-0.85, 0.85],
  ],
  triangle: [
    [0, -1],
    [1, 0.8],
    [-1, 0.8],
  ],
  diamond: [
    [0, -1.15],
    [1.15, 0],
    [0, 1.15],
    [-1.15, 0],
  ],
}

/** Draws in the colour that is set. */
export function drawShape(
  ctx: CanvasRenderingContext2D,
  shape: Shape,
  { x, y }: { x: number; y: number },
  r: number,
): void {
  ctx.beginPath()
  if (shape === 'disc' || shape === 'ring') ctx.arc(x, y, r, 0, 2 * Math.PI)
  else if (shape === 'cross') crossAt(ctx, x, y, r)
  else for (const [dx, dy] of corners[shape]) ctx.lineTo(x + dx * r, y + dy * r)
  if (shape === 'cross' || shape === 'ring') {
    ctx.lineWidth = Math.max(1.5, r / 2.2)
    ctx.stroke()
  } else ctx.fill()
}

function crossAt(ctx: CanvasRenderingContext2D, x: number, y: number, r: number): void {
  const d = r * 0.8
  ctx.moveTo(x - d, y - d)
  ctx.lineTo(x + d, y + d)
  ctx.moveTo(x + d, y - d)
  ctx.lineTo(x - d, y + d)
}
