/** There was nothing that a deed could be done to. */
export const NOTHING = -1
