/**
 * A browser's translator moves the texts of a page into elements of its own. React takes out
 * and puts in by the parent that it knows, and would fail: then the whole screen goes.
 */

/** The child of `parent` that `node` is, or is in by now. */
function childWith(parent: Node, node: Node | null): Node | null {
  let at = node;
  while (at !== null && at.parentNode !== parent) at = at.parentNode;
  return at;
}

/** Before React draws anything. */
export function standTranslation(): void {
  const { removeChild, insertBefore } = Node.prototype;
  Node.prototype.removeChild = function <T extends Node>(this: Node, child: T): T {
    const own = childWith(this, child);
    if (own !== null) removeChild.call(this, own);
    return child;
  };
  Node.prototype.insertBefore = function <T extends Node>(
    this: Node,
    node: T,
    before?: Node | null, // a program that is no TypeScript leaves it out: at the end
  ): T {
    return insertBefore.call(this, node, childWith(this, before ?? null)) as T;
  };
}
