import { ModelConns } from './model-conns.ts'
import type { ModelDial, ModelWant, ModelWarmup } from './model-state.ts'

/** Who gets to dial, and what becomes of dials. */
export abstract class ModelLine extends ModelConns {
  /** Since when `maxTotal` alone has held a key back, and the keys that others must make room for. */
  readonly heldSince: Map<string, number> = new Map()
  claims: string[] = []

  /** The step is over: dials that are lacking begin, and a key without state is forgotten. */
  protected settle(): void {
    do {
      this.noteHeldBack()
      while (this.grant()) this.noteHeldBack()
    } while (this.warmOne())
    this.tellIdle()
    const living = [...this.conns, ...this.dials, ...this.line, ...this.warmups].map((it) => it.key)
    for (const key of this.expected.keys()) if (!living.includes(key)) this.expected.delete(key)
  }

  /** Gives one want the right to dial, if one is to be had. */
  private grant(): boolean {
    const [claim] = this.claims
    const key = claim ?? this.oldestToDial(this.wantingKeys())?.key
    if (key === undefined || this.isClosed || !this.makeRoom()) return false
    const want = this.oldestToDial([key])
    if (want === undefined) throw new Error(`the model holds ${key} back for nothing`)
    this.claims = this.claims.filter((it) => it !== key)
    want.dial = this.startDial(key, want, `${key}?${want.name}`)
    return true
  }

  private wantingKeys(): string[] {
    const keys = new Set(this.line.map((want) => want.key))
    return [...keys].filter(
      (key) => this.lacksDial(key) && this.places(key) < this.limits.maxPerKey,
    )
  }

  /**
   * Exclusive: each want has its own dial. Shareable: dials in flight bring room for whoever
   * waits, but a slow one counts for its own want alone.
   */
  private lacksDial(key: string): boolean {
    const expected = this.expected.get(key) ?? 1
    const dials = this.dials.filter((dial) => dial.key === key)
    const owned = dials.filter((dial) => dial.want !== undefined)
    const waiting = this.lineOf(key).length
    if (expected === 1) return waiting > owned.length
    const prompt = dials.filter((dial) => !dial.isSlow).length
    const room = prompt === 0 ? 0 : prompt * expected
    return waiting > room + owned.filter((dial) => dial.isSlow).length
  }

  private noteHeldBack(): void {
    const held = this.limits.maxTotal === Number.POSITIVE_INFINITY ? [] : this.wantingKeys()
    for (const key of this.heldSince.keys()) if (!held.includes(key)) this.heldSince.delete(key)
    for (const key of held) if (!this.heldSince.has(key)) this.heldSince.set(key, this.now)
    this.claims = this.claims.filter((key) => held.includes(key))
  }

  private oldestToDial(keys: string[]): ModelWant | undefined {
    return this.line.find((want) => keys.includes(want.key) && want.dial === undefined)
  }

  /** Whether another key may have this one's connection; its time then starts again. */
  protected override isClaimedFrom(key: string): boolean {
    const patience = [...this.heldSince].flatMap(([other, since]) => {
      const want = this.oldestToDial([other])
      if (want === undefined || other === key) return []
      return [{ other, since: Math.max(since, want.statedAt) }]
    })
    patience.sort((a, b) => a.since - b.since)
    const [first, second] = patience
    if (first === undefined || this.now - first.since <= this.limits.fairAfterMs) return false
    if (second?.since === first.since) this.isUndetermined = true
    this.heldSince.set(first.other, this.now)
    if (!this.claims.includes(first.other)) this.claims.push(first.other)
    return true
  }

  protected override get isAnyoneHeldBack(): boolean {
    return this.heldSince.size > 0
  }

  private makeRoom(besides?: string): boolean {
    if (this.conns.length + this.dials.length < this.limits.maxTotal) return true
    const coldest = this.idle.find((conn) => conn.key !== besides)
    if (coldest === undefined) return false
    this.retire(coldest, 'evicted')
    return true
  }

  /** Ends warmups that are done, and begins one dial for one that is not. */
  private warmOne(): boolean {
    for (const warmup of [...this.warmups]) {
      const open = this.conns.filter((conn) => conn.key === warmup.key).length
      if (open >= warmup.count) {
        this.warmups = this.warmups.filter((it) => it !== warmup)
        this.say(`warm ${warmup.name} done`)
      } else if (this.mayWarm(warmup)) {
        if (warmup.dialsLeft-- > 0) this.startDial(warmup.key, undefined, `${warmup.key}?warm`)
        else this.failWarmup(warmup, 'ERR_POOL_DIAL_CLOSED')
        return true
      }
    }
    return false
  }

  private mayWarm({ key, count }: ModelWarmup): boolean {
    if (this.places(key) >= Math.min(count, this.limits.maxPerKey)) return false
    return !this.isAnyoneHeldBack && this.makeRoom(key)
  }

  protected failWarmup(warmup: ModelWarmup, error: string): void {
    this.warmups = this.warmups.filter((it) => it !== warmup)
    this.say(`warm ${warmup.name} ${error}`)
  }

  private startDial(key: string, want: ModelWant | undefined, target: string): ModelDial {
    const turn = (this.dialTurns.get(key) ?? 0) + 1
    this.dialTurns.set(key, turn)
    const dial: ModelDial = {
      name: `${key}${turn}`,
      key,
      startedAt: this.now,
      isForWant: want !== undefined,
      want,
      capacity: 1,
      isSlow: false,
      state: 'in flight',
      isSpoilt: false,
      isLost: false,
      error: undefined,
    }
    this.dials.push(dial)
    this.allDials.set(dial.name, dial)
    this.totals.dials++
    this.sayOf(want?.hasHooks ? want.name : undefined, 'dialStart', key)
    this.say(`dial ${dial.name} for ${target}`)
    return dial
  }

  protected abortDial(dial: ModelDial, error: string): void {
    if (!this.dials.includes(dial)) return
    if (this.listensToAbort) this.say(`abort ${dial.name} ${error}`)
    this.endDial(dial, error)
    dial.state = 'aborted'
  }

  /** Without a connection. It fails its own want, if that still waits, and nobody else. */
  protected endDial(dial: ModelDial, error: string): void {
    const { want } = dial
    this.leaveDials(dial)
    this.totals.dialsFailed++
    for (const waiting of this.lineOf(dial.key)) waiting.dialError = error
    this.sayDialDone(dial, want, `error ${error}`)
    if (want !== undefined) this.fail(want, error, 'failed')
    for (const warmup of this.warmups.filter((it) => it.key === dial.key)) {
      this.failWarmup(warmup, error)
    }
  }

  protected leaveDials(dial: ModelDial): void {
    if (dial.isForWant && dial.want === undefined) this.totals.dialsSurplus++
    if (dial.want !== undefined) dial.want.dial = undefined
    dial.want = undefined
    this.dials = this.dials.filter((it) => it !== dial)
  }

  protected sayDialDone(dial: ModelDial, want: ModelWant | undefined, result: string): void {
    const isSurplus = dial.isForWant && want === undefined
    const what = `${dial.key} ${result} after ${this.now - dial.startedAt}${isSurplus ? ' surplus' : ''}`
    this.sayOf(want?.hasHooks ? want.name : undefined, 'dialDone', what)
  }
}
