package oauth

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
)

// algorithms maps each signature algorithm that may be allowed to the type of its keys. There is no symmetric one: a public
// key must never serve as a secret.
var algorithms = map[string]string{
	"RS256": "RSA", "RS384": "RSA", "RS512": "RSA", "PS256": "RSA", "PS384": "RSA", "PS512": "RSA",
	"ES256": "P-256", "ES384": "P-384", "ES512": "P-521", "EdDSA": "Ed25519",
}

// minRSABits is the size that RSA keys must have at least (RFC 7518 section 3.3).
const minRSABits = 2048

// key is a public key of the issuer.
type key struct {
	id     string
	alg    string // the algorithm it is for; empty means any that fits its type
	kind   string // as in the values of algorithms
	public crypto.PublicKey
}

func (k *key) fits(alg string) bool {
	return algorithms[alg] == k.kind && (k.alg == "" || k.alg == alg)
}

// jwk is a JSON Web Key (RFC 7517), as far as it is public.
type jwk struct {
	Kty, Use, Kid, Alg, Crv string
	N, E, X, Y              string
}

// readKeys reads a JWK set. Keys that are not for signatures, or of types that are not known, are left out, as RFC 7517 section
// 5 asks.
func readKeys(raw []byte) (map[string]*key, error) {
	var set struct{ Keys []json.RawMessage }
	if err := json.Unmarshal(raw, &set); err != nil {
		return nil, fmt.Errorf("the key set is not JSON: %w", err)
	}
	const maxKeys = 100
	if len(set.Keys) > maxKeys {
		return nil, fmt.Errorf("the key set has %d keys, more than %d", len(set.Keys), maxKeys)
	}
	keys := map[string]*key{}
	for _, item := range set.Keys {
		var j jwk
		if json.Unmarshal(item, &j) != nil || j.Kid == "" || j.Use != "" && j.Use != "sig" {
			continue
		}
		if k, err := j.key(); err == nil {
			keys[j.Kid] = k
		}
	}
	if len(keys) == 0 {
		return nil, errors.New("the key set has no usable key")
	}
	return keys, nil
}

func (j *jwk) key() (*key, error) {
	k := &key{id: j.Kid, alg: j.Alg}
	var err error
	switch {
	case j.Kty == "RSA":
		k.kind = "RSA"
		k.public, err = j.rsa()
	case j.Kty == "EC":
		k.kind = j.Crv
		k.public, err = j.ec()
	case j.Kty == "OKP" && j.Crv == "Ed25519":
		k.kind = j.Crv
		var x []byte
		if x, err = base64.RawURLEncoding.DecodeString(j.X); err == nil && len(x) != ed25519.PublicKeySize {
			err = errors.New("wrong size")
		}
		k.public = ed25519.PublicKey(x)
	default:
		err = errors.New("unknown type")
	}
	return k, err
}

func (j *jwk) rsa() (*rsa.PublicKey, error) {
	n, errN := base64.RawURLEncoding.DecodeString(j.N)
	e, errE := base64.RawURLEncoding.DecodeString(j.E)
	if err := errors.Join(errN, errE); err != nil {
		return nil, err
	}
	exponent := new(big.Int).SetBytes(e)
	pub := &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(exponent.Int64())}
	if pub.N.BitLen() < minRSABits || pub.N.BitLen() > 16384 || !exponent.IsInt64() || pub.E < 3 || pub.E > 1<<31-1 || pub.E%2 == 0 {
		return nil, errors.New("the RSA key is too weak or malformed")
	}
	return pub, nil
}

func (j *jwk) ec() (*ecdsa.PublicKey, error) {
	curves := map[string]elliptic.Curve{"P-256": elliptic.P256(), "P-384": elliptic.P384(), "P-521": elliptic.P521()}
	curve, ok := curves[j.Crv]
	if !ok {
		return nil, errors.New("unknown curve")
	}
	x, errX := base64.RawURLEncoding.DecodeString(j.X)
	y, errY := base64.RawURLEncoding.DecodeString(j.Y)
	size := (curve.Params().BitSize + 7) / 8
	if errX != nil || errY != nil || len(x) != size || len(y) != size {
		return nil, errors.New("malformed point")
	}
	return ecdsa.ParseUncompressedPublicKey(curve, append(append([]byte{4}, x...), y...))
}
