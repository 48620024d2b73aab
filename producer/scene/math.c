// Vectors, quaternions and matrices of the scene.
//
// The algebra of cross products and quaternions is the same in a left-handed world; only the picture that one makes of
// it is mirrored: a positive angle turns clockwise when the axis points at the viewer.
#include "producer/scene/math.h"

#include <math.h>

struct vec3 vec3_add(struct vec3 a, struct vec3 b)
{
    return (struct vec3){a.x + b.x, a.y + b.y, a.z + b.z};
}

struct vec3 vec3_subtract(struct vec3 a, struct vec3 b)
{
    return (struct vec3){a.x - b.x, a.y - b.y, a.z - b.z};
}

struct vec3 vec3_scale(struct vec3 a, double factor)
{
    return (struct vec3){a.x * factor, a.y * factor, a.z * factor};
}

double vec3_dot(struct vec3 a, struct vec3 b)
{
    return a.x * b.x + a.y * b.y + a.z * b.z;
}

struct vec3 vec3_cross(struct vec3 a, struct vec3 b)
{
    return (struct vec3){a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}

double vec3_length(struct vec3 a)
{
    return hypot(hypot(a.x, a.y), a.z); // neither overflows nor underflows on the way
}

struct vec3 vec3_normalize(struct vec3 a)
{
    double length = vec3_length(a);
    return length > 0 ? vec3_scale(a, 1 / length) : a;
}

struct quat quat_multiply(struct quat a, struct quat b)
{
    return (struct quat){
        a.w * b.x + a.x * b.w + a.y * b.z - a.z * b.y,
        a.w * b.y - a.x * b.z + a.y * b.w + a.z * b.x,
        a.w * b.z + a.x * b.y - a.y * b.x + a.z * b.w,
        a.w * b.w - a.x * b.x - a.y * b.y - a.z * b.z,
    };
}

struct vec3 quat_rotate(struct quat q, struct vec3 v)
{
    struct vec3 axis = {q.x, q.y, q.z};
    struct vec3 t = vec3_scale(vec3_cross(axis, v), 2);
    return vec3_add(v, vec3_add(vec3_scale(t, q.w), vec3_cross(axis, t)));
}

struct quat quat_from_axis(struct vec3 axis, double degrees)
{
    double half = degrees * (M_PI / 360);
    struct vec3 part = vec3_scale(vec3_normalize(axis), sin(half));
    return (struct quat){part.x, part.y, part.z, cos(half)};
}

struct quat quat_from_euler(struct vec3 degrees)
{
    struct quat x = quat_from_axis((struct vec3){1, 0, 0}, degrees.x);
    struct quat y = quat_from_axis((struct vec3){0, 1, 0}, degrees.y);
    struct quat z = quat_from_axis((struct vec3){0, 0, 1}, degrees.z);
    return quat_multiply(y, quat_multiply(x, z));
}

struct quat quat_normalize(struct quat q)
{
    double length = hypot(hypot(q.x, q.y), hypot(q.z, q.w));
    if (!(length > 0))
        return (struct quat){0, 0, 0, 1};
    return (struct quat){q.x / length, q.y / length, q.z / length, q.w / length};
}

/// Of the rotation whose matrix has the columns x, y, z. Divides by the largest component, so by at least 1/2.
static struct quat quat_from_axes(struct vec3 x, struct vec3 y, struct vec3 z)
{
    double four_ww = 1 + x.x + y.y + z.z, four_xx = 1 + x.x - y.y - z.z;
    double four_yy = 1 - x.x + y.y - z.z, four_zz = 1 - x.x - y.y + z.z;
    struct quat q;
    if (four_ww >= four_xx && four_ww >= four_yy && four_ww >= four_zz)
        q = (struct quat){y.z - z.y, z.x - x.z, x.y - y.x, four_ww};
    else if (four_xx >= four_yy && four_xx >= four_zz)
        q = (struct quat){four_xx, x.y + y.x, z.x + x.z, y.z - z.y};
    else if (four_yy >= four_zz)
        q = (struct quat){x.y + y.x, four_yy, y.z + z.y, z.x - x.z};
    else
        q = (struct quat){z.x + x.z, y.z + z.y, four_zz, x.y - y.x};
    return quat_normalize(q);
}

struct quat quat_look(struct vec3 forward, struct vec3 up)
{
    struct vec3 z = vec3_normalize(forward);
    if (vec3_length(z) < 0.5)
        return (struct quat){0, 0, 0, 1};
    struct vec3 x = vec3_cross(vec3_normalize(up), z);
    if (vec3_length(x) < 1e-9) { // along `up`: as if the head was bent from looking along +z
        struct vec3 bent = {0, fabs(z.y) < 0.5, fabs(z.y) < 0.5 ? 0 : -z.y};
        x = vec3_cross(bent, z);
    }
    x = vec3_normalize(x);
    return quat_from_axes(x, vec3_cross(z, x), z);
}

struct mat4 mat4_identity(void)
{
    return (struct mat4){{1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1}};
}

struct mat4 mat4_multiply(struct mat4 a, struct mat4 b)
{
    struct mat4 product;
    for (int row = 0; row < 4; row++) {
        for (int column = 0; column < 4; column++) {
            double sum = 0;
            for (int k = 0; k < 4; k++)
                sum += a.m[4 * row + k] * b.m[4 * k + column];
            product.m[4 * row + column] = sum;
        }
    }
    return product;
}

struct mat4 mat4_compose(struct vec3 position, struct quat rotation, struct vec3 scale)
{
    struct vec3 x = quat_rotate(rotation, (struct vec3){scale.x, 0, 0});
    struct vec3 y = quat_rotate(rotation, (struct vec3){0, scale.y, 0});
    struct vec3 z = quat_rotate(rotation, (struct vec3){0, 0, scale.z});
    return (struct mat4){{x.x, y.x, z.x, position.x, x.y, y.y, z.y, position.y, x.z, y.z, z.z,
                          position.z, 0, 0, 0, 1}};
}

double mat4_determinant3(struct mat4 a)
{
    const double *m = a.m;
    return m[0] * (m[5] * m[10] - m[6] * m[9]) - m[1] * (m[4] * m[10] - m[6] * m[8]) +
           m[2] * (m[4] * m[9] - m[5] * m[8]);
}

struct mat4 mat4_inverse_affine(struct mat4 a)
{
    const double *m = a.m;
    double f = 1 / mat4_determinant3(a);
    struct mat4 inverse = {{
        f * (m[5] * m[10] - m[6] * m[9]),
        f * (m[2] * m[9] - m[1] * m[10]),
        f * (m[1] * m[6] - m[2] * m[5]),
        0,
        f * (m[6] * m[8] - m[4] * m[10]),
        f * (m[0] * m[10] - m[2] * m[8]),
        f * (m[2] * m[4] - m[0] * m[6]),
        0,
        f * (m[4] * m[9] - m[5] * m[8]),
        f * (m[1] * m[8] - m[0] * m[9]),
        f * (m[0] * m[5] - m[1] * m[4]),
        0,
        0,
        0,
        0,
        1,
    }};
    struct vec3 back = mat4_direction(inverse, (struct vec3){m[3], m[7], m[11]});
    inverse.m[3] = -back.x;
    inverse.m[7] = -back.y;
    inverse.m[11] = -back.z;
    return inverse;
}

struct vec3 mat4_direction(struct mat4 a, struct vec3 d)
{
    const double *m = a.m;
    return (struct vec3){m[0] * d.x + m[1] * d.y + m[2] * d.z, m[4] * d.x + m[5] * d.y + m[6] * d.z,
                         m[8] * d.x + m[9] * d.y + m[10] * d.z};
}

struct vec3 mat4_point(struct mat4 a, struct vec3 p)
{
    return vec3_add(mat4_direction(a, p), (struct vec3){a.m[3], a.m[7], a.m[11]});
}
