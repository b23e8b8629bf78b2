/**
 * Stands on both sides of the first line of every mail that is answered: "##- Please write above this line -##". The words between are
 * in the customer's language; by these signs the answer is cut off, whatever the language.
 */
export const markerBegins = '##-'
export const markerEnds = '-##'

/** True for a line of text that has the marker. */
export function hasReplyMarker(line: string): boolean {
  const at = line.indexOf(markerBegins)
  return at >= 0 && line.indexOf(markerEnds, at + markerBegins.length) > at
}
