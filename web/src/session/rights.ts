// What a role may do, by its words: they are those of the catalogues.
import type { Key } from '../generated/keys'

type Named<K> = K extends `action.may.${infer R}` ? R : never
export type Right = Named<Key>
