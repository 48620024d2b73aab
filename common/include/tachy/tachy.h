// Tachyscope's C library: frames of simulated worlds, straight out of shared memory.
#ifndef TACHY_TACHY_H
#define TACHY_TACHY_H

#include <tachy/clean.h>
#include <tachy/frame.h>
#include <tachy/read.h>
#include <tachy/status.h>
#include <tachy/write.h>

#endif
