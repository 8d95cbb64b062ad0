interface Watched {
  readonly isDone: boolean
  abort(reason: unknown): void
}

/**
 * Ends a request whose body has failed before it could be sent. Until then nobody else listens, and
 * the body's error would be uncaught. What is no stream fails when it is read.
 */
export function watchBody(body: unknown, request: Watched): void {
  if (!isStream(body)) return
  // Not the request itself: the body may outlive it, and fail when it has long been over.
  const watched = new WeakRef(request)
  body.on('error', (error) => watched.deref()?.abort(error))
}

function isStream(
  body: unknown,
): body is { on(event: 'error', run: (error: Error) => void): void } {
  const { on, pipe } = (body ?? {}) as { on?: unknown; pipe?: unknown }
  return typeof on === 'function' && typeof pipe === 'function'
}
