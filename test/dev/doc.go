// Package dev tells the whole story of xmcpgo dev in a browser: people sign in to the notes app on the page of the stand-in, keep
// notes apart, meet the limits of what they may do, and use a tool in the moment in which its file is saved.
package dev
