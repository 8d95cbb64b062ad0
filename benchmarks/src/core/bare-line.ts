/** The floor of a line that is left from the middle: a circle of links, and nothing else. */
export class BareLink {
  prev: BareLink = this
  next: BareLink = this
  readonly settle: () => void

  constructor(settle: () => void) {
    this.settle = settle
  }

  insertBefore(other: BareLink): void {
    this.prev = other.prev
    this.next = other
    other.prev.next = this
    other.prev = this
  }

  cancel(): void {
    this.prev.next = this.next
    this.next.prev = this.prev
    this.prev = this
    this.next = this
    this.settle()
  }
}
