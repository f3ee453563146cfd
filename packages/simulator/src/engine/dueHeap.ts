/** A binary heap of things that are due, earliest first, ties in the order of arrival; removal from anywhere. */

/** Something in the heap. `order` breaks ties; `index` is where it lies, or -1 when it does not. */
export interface Due {
  readonly dueMs: number
  readonly order: number
  index: number
}

const before = (a: Due, b: Due): boolean => a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order)

/** Mutable, and owned by one timeline. */
export interface DueHeap<A extends Due> {
  readonly items: Array<A>
}

export const make = <A extends Due>(): DueHeap<A> => ({ items: [] })

export const peek = <A extends Due>(heap: DueHeap<A>): A | undefined => heap.items[0]

const put = <A extends Due>(heap: DueHeap<A>, item: A, index: number): void => {
  heap.items[index] = item
  item.index = index
}

const up = <A extends Due>(heap: DueHeap<A>, item: A, from: number): void => {
  let index = from
  while (index > 0) {
    const above = (index - 1) >> 1
    const parent = heap.items[above]
    if (parent === undefined || !before(item, parent)) break
    put(heap, parent, index)
    index = above
  }
  put(heap, item, index)
}

const down = <A extends Due>(heap: DueHeap<A>, item: A, from: number): void => {
  let index = from
  while (true) {
    const left = heap.items[2 * index + 1]
    const right = heap.items[2 * index + 2]
    const child = left !== undefined && right !== undefined && before(right, left) ? right : left
    if (child === undefined || !before(child, item)) break
    const below = child.index
    put(heap, child, index)
    index = below
  }
  put(heap, item, index)
}

export const push = <A extends Due>(heap: DueHeap<A>, item: A): void => up(heap, item, heap.items.length)

export const remove = <A extends Due>(heap: DueHeap<A>, item: A): void => {
  const { index } = item
  if (index < 0) return
  item.index = -1
  const last = heap.items.pop()
  if (last === undefined || last === item) return
  down(heap, last, index)
  up(heap, last, last.index)
}
