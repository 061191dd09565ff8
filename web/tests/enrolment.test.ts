import { describe, expect, it } from 'vitest'
import { enrol, enrolled } from '../fixtures/enrolment'
import { called, counted, digitOf, pieceOf } from '../src/enrolment/pieces'
import { pageOf } from '../src/frame/route.svelte'
import type { DraftRow } from '../src/generated/api'
import { t } from '../src/words/words.svelte'

const file = (name: string, type = '') => new File(['content'], name, { type })

describe('files for an enrolment', () => {
  it('are digits by their name alone', () => {
    expect(['digit-7-1.wav', 'DIGIT-0-12.FLAC', 'digit-12-1.wav', 'said-1.wav', 'digit-7.wav'].map(digitOf)).toEqual([7, 0, null, null, null])
    expect(pieceOf(file('said-1.wav', 'audio/wav'), 'digit')).toBeNull()
    expect(pieceOf(file('digit-7-1.wav', 'audio/wav'), 'digit')?.digit).toBe(7)
  })

  it('are sent with a type, also where the browser knows none', () => {
    const types = [file('a.flac'), file('a.opus'), file('a.JPG', 'image/jpeg'), file('a.what')].map((one) => pieceOf(one, 'utterance')?.content.type)
    expect(types).toEqual(['audio/flac', 'audio/ogg', 'image/jpeg', 'application/octet-stream'])
  })
})

describe('an enrolment under way', () => {
  const piece = (id: number, kind: 'photo' | 'utterance' | 'digit', digit: number | null = null) => ({ id, kind, digit, bytes: 1, taken: null })
  const draft: DraftRow = {
    begun_at: '', begun_by: '', asked_at: null, looked: false, objections: [], ready: false, face_alone: false,
    pieces: [piece(4, 'photo'), piece(9, 'digit', 7), piece(10, 'digit', 3), piece(11, 'digit', 7), piece(12, 'photo')],
  }

  it('calls each piece by its place among those of its kind', () => {
    const names = [12, 11, 10].map((id) => { const name = called(draft, id); return name && t(...name) })
    expect(names).toEqual(['Photograph 2', 'Digit 7, take 2', 'Digit 3, take 1'])
    expect(called(draft, 99)).toBeNull()
    expect(t('enrolment.brought', counted(draft.pieces))).toBe('Brought: 2 photographs, 0 sentences, 3 spoken digits.')
  })

  it('has a page of its own', () => {
    expect(pageOf('/people/aigerim/enrolment')).toEqual({ name: 'enrolment', id: 'aigerim' })
  })

  it('goes from brought to enrolled in the invented town, and can be deleted', () => {
    const go = (method: string, path: string, query = '') => enrol('bekzat', 'Бекзат', method, `/api/people/bekzat/enrolment${path}`, new URLSearchParams(query))
    for (const kind of ['photo', 'photo', 'photo', 'photo']) go('POST', '/pieces', `kind=${kind}`)
    go('POST', '/look')
    expect(enrolled('bekzat', '').draft).toMatchObject({ looked: true, ready: true })
    go('POST', '')
    expect(enrolled('bekzat', '').draft).toBeNull()
    go('POST', '/deletion')
    expect(enrolled('bekzat', '').templates).toEqual([])
  })
})
