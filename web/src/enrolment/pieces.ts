// What an officer brings for an enrolment: which file is which, and in what order pieces are called.
import type { DraftRow } from '../generated/api'
import type { Params } from '../words/words.svelte'
import type { Key } from '../generated/keys'

export type Kind = DraftRow['pieces'][number]['kind']

export interface Piece {
  kind: Kind
  digit: number | null
  content: Blob
}

const DIGIT = /^digit-([0-9])-\d+\.\w+$/i
/** What browsers do not know of a file by themselves. */
const TYPES: Record<string, string> = { flac: 'audio/flac', wav: 'audio/wav', ogg: 'audio/ogg', opus: 'audio/ogg', webp: 'image/webp' }

/** Which digit a file says that it is; null where its name does not tell. */
export function digitOf(name: string): number | null {
  const found = DIGIT.exec(name)
  return found ? Number(found[1]) : null
}

/** A file as it is sent, with its type. */
export function pieceOf(file: File, kind: Kind): Piece | null {
  const digit = kind === 'digit' ? digitOf(file.name) : null
  if (kind === 'digit' && digit === null) return null
  const ending = file.name.slice(file.name.lastIndexOf('.') + 1).toLowerCase()
  const type = file.type === '' ? (TYPES[ending] ?? 'application/octet-stream') : file.type
  return { kind, digit, content: file.slice(0, file.size, type) }
}

export const counted = (pieces: readonly { kind: Kind }[]): Params => ({
  photos: pieces.filter((one) => one.kind === 'photo').length,
  utterances: pieces.filter((one) => one.kind === 'utterance').length,
  digits: pieces.filter((one) => one.kind === 'digit').length,
})

/** How a piece is called: the how-manieth of its kind, of digits the how-manieth take. */
export function called(draft: DraftRow, id: number): [Key, Params] | null {
  const one = draft.pieces.find((piece) => piece.id === id)
  if (!one) return null
  const alike = draft.pieces.filter((piece) => piece.kind === one.kind && piece.digit === one.digit)
  return [`enrolment.piece.${one.kind}`, { number: alike.indexOf(one) + 1, digit: one.digit ?? 0 }]
}
