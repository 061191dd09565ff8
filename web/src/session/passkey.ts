// Passkeys: the browser makes and proves them; what it gives goes to the server as it is.

export const passkeysKnown = () => 'PublicKeyCredential' in window && 'parseCreationOptionsFromJSON' in PublicKeyCredential

/** Make one; null when whoever sits there turned it down. */
export async function made(options: PublicKeyCredentialCreationOptionsJSON): Promise<unknown> {
  return asJson(await quietly(navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })))
}

/** Prove one; null when whoever sits there turned it down. */
export async function proved(options: PublicKeyCredentialRequestOptionsJSON): Promise<unknown> {
  return asJson(await quietly(navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) })))
}

async function quietly(asked: Promise<Credential | null>): Promise<Credential | null> {
  try {
    return await asked
  } catch (error) {
    if (error instanceof DOMException) return null
    throw error
  }
}

const asJson = (credential: Credential | null): unknown => (credential instanceof PublicKeyCredential ? credential.toJSON() : null)
