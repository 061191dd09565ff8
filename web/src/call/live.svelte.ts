// One live call from this page: the microphone is silent until somebody holds the button, and all is closed at its end.
import type { CallRow, IceServer } from '../generated/api'
import { api } from '../session/api'
import { said } from '../session/refusal'
import { t } from '../words/words.svelte'

const AGAIN_MS = 1000
const GOING: readonly CallRow['state'][] = ['asked', 'rings', 'answered']

export class LiveCall {
  row = $state.raw<CallRow | null>(null)
  picture = $state.raw<MediaStream | null>(null)
  talking = $state(false)
  trouble = $state('')
  begun = $state(false)
  #peer: RTCPeerConnection | null = null
  #voice: MediaStreamTrack | null = null
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly over: () => void) {}

  get live(): boolean {
    return this.row?.state === 'answered' && this.picture !== null
  }

  async start(person: string, purpose: string, servers: readonly IceServer[]): Promise<void> {
    this.begun = true
    this.trouble = ''
    try {
      this.#voice = await microphone()
    } catch {
      this.#failed(t('call.no_microphone'))
      return
    }
    try {
      const description = await this.#offer(this.#voice, servers)
      this.row = await api.callPerson(person, { purpose, description })
      this.#follow()
    } catch (error) {
      this.#failed(said(error))
    }
  }

  /** Hold to be heard. */
  talk(on: boolean): void {
    this.talking = on && this.live
    if (this.#voice) this.#voice.enabled = this.talking
  }

  async hangUp(): Promise<void> {
    const call = this.row
    const goes = this.begun && call !== null && GOING.includes(call.state)
    this.close()
    if (goes) await api.endCall(call.id).catch((error: unknown) => (this.trouble = said(error)))
    this.over()
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#peer?.close()
    this.#voice?.stop()
    this.#peer = this.#voice = this.picture = null
    this.begun = this.talking = false
  }

  #failed(why: string): void {
    this.close()
    this.trouble = why
  }

  async #offer(voice: MediaStreamTrack, servers: readonly IceServer[]): Promise<string> {
    const peer = new RTCPeerConnection({ iceServers: servers.map((one) => ({ urls: one.url, username: one.username, credential: one.credential })) })
    this.#peer = peer
    const coming = new MediaStream()
    peer.ontrack = (event) => {
      coming.addTrack(event.track)
      event.track.onunmute = () => (this.picture = coming)
    }
    peer.addTrack(voice)
    peer.addTransceiver('video', { direction: 'recvonly' })
    await peer.setLocalDescription()
    // Every address goes with the offer: nothing else is ever told.
    if (peer.iceGatheringState !== 'complete')
      await new Promise<void>((done) => {
        peer.onicegatheringstatechange = () => peer.iceGatheringState === 'complete' && done()
      })
    return peer.localDescription?.sdp ?? ''
  }

  #follow(): void {
    this.#timer = setTimeout(() => void this.#look(), AGAIN_MS)
  }

  async #look(): Promise<void> {
    if (!this.row || !this.#peer) return
    try {
      const row = await api.call(this.row.id)
      if (row.state === 'answered' && this.#peer.signalingState === 'have-local-offer') await this.#peer.setRemoteDescription({ type: 'answer', sdp: row.description })
      this.row = row
    } catch (error) {
      this.trouble = said(error)
    }
    if (GOING.includes(this.row.state)) {
      this.#follow()
    } else {
      this.close()
      this.over()
    }
  }
}

async function microphone(): Promise<MediaStreamTrack> {
  const [voice] = (await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true } })).getAudioTracks()
  if (!voice) throw new Error('no microphone')
  voice.enabled = false
  return voice
}
