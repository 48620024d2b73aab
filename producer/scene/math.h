// Vectors, quaternions and matrices of the scene: double precision, left-handed, metres.
#ifndef PRODUCER_SCENE_MATH_H
#define PRODUCER_SCENE_MATH_H

struct vec3 {
    double x, y, z;
};

/// A rotation; (0, 0, 0, 1) is none.
struct quat {
    double x, y, z, w;
};

/// Row-major 4x4 that multiplies column vectors: translation in m[3], m[7], m[11].
struct mat4 {
    double m[16];
};

struct vec3 vec3_add(struct vec3 a, struct vec3 b);
struct vec3 vec3_subtract(struct vec3 a, struct vec3 b);
struct vec3 vec3_scale(struct vec3 a, double factor);
double vec3_dot(struct vec3 a, struct vec3 b);
struct vec3 vec3_cross(struct vec3 a, struct vec3 b);
double vec3_length(struct vec3 a);
struct vec3 vec3_normalize(struct vec3 a); ///< (0, 0, 0) stays

struct quat quat_multiply(struct quat a, struct quat b); ///< b first, then a
struct vec3 quat_rotate(struct quat q, struct vec3 v);
/// Degrees about z, then x, then y (Unity's order, which ThreeDWorld's commands mean).
struct quat quat_from_euler(struct vec3 degrees);
struct quat quat_from_axis(struct vec3 axis, double degrees); ///< `axis` need not be of length 1
/// The rotation whose +z looks along `forward` with +y as near to `up` as can be.
struct quat quat_look(struct vec3 forward, struct vec3 up);
struct quat quat_normalize(struct quat q);

struct mat4 mat4_identity(void);
struct mat4 mat4_multiply(struct mat4 a, struct mat4 b);
struct mat4 mat4_compose(struct vec3 position, struct quat rotation, struct vec3 scale);
struct mat4 mat4_inverse_affine(struct mat4 a); ///< of a matrix whose last row is 0 0 0 1
double mat4_determinant3(struct mat4 a);        ///< of the upper left 3x3
struct vec3 mat4_point(struct mat4 a, struct vec3 p);
struct vec3 mat4_direction(struct mat4 a, struct vec3 d);

#endif
