/** What the operator is asked for in place, under the title. */
export type Ask = 'assign' | 'suspend' | 'reopen'

/** What is written down: a note, a contact, or what the person says of it. */
export type Kind = 'note' | 'contact' | 'explain'
