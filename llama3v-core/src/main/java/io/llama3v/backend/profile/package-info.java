/** Where time goes: a backend that times every kernel of another. */
package io.llama3v.backend.profile;
